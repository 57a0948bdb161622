//! A chapter's text is its scenes', with a scene break between two.

use super::{Document, Node};

impl Document {
    /// Its scenes: cut at the scene breaks between its blocks. A break that has attributes of its own stays where it
    /// is. There is always one.
    pub fn scenes(self) -> Vec<Self> {
        let mut scenes = vec![Self::default()];
        for node in self.content {
            if is_break(&node) {
                scenes.push(Self::default());
            } else if let Some(scene) = scenes.last_mut() {
                scene.content.push(node);
            }
        }
        scenes
    }

    /// The chapter of scenes.
    pub fn of_scenes(scenes: impl IntoIterator<Item = Self>) -> Self {
        let mut content = Vec::new();
        for (n, mut scene) in scenes.into_iter().enumerate() {
            if n > 0 {
                content.push(Node { kind: "sceneBreak".into(), ..Node::default() });
            }
            content.append(&mut scene.content);
        }
        Self::new(content)
    }
}

fn is_break(node: &Node) -> bool {
    node.kind == "sceneBreak" && node.attrs.is_empty() && node.marks.is_empty()
}
