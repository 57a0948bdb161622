//! What happens after the response.

use std::{fs, thread, time::Duration};

use super::{Verdict, ensure};
use crate::conform::world::{World, unique};

pub(super) fn later(world: &World) -> Verdict {
    let key = unique("later");
    let reply = world.get(&format!("/later?key={key}"))?;
    ensure!(reply.status() == 200, "the status is {}", reply.status());
    for _ in 0..100 {
        let seen = world.get(&format!("/kv/{key}"))?;
        if seen.status() == 200 {
            ensure!(seen.body == b"done", "the value is {:?}", seen.text());
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err("the work given to wait_until has no effect after 10 s".to_owned().into())
}

pub(super) fn emit(world: &World) -> Verdict {
    let marker = unique("marker");
    world.get(&format!("/emit?marker={marker}"))?;
    let whole = format!(r#"{{"fixture":"emit","marker":"{marker}","text":"grün"}}"#);
    for _ in 0..50 {
        let log = fs::read(&world.log)?;
        let log = String::from_utf8_lossy(&log);
        if let Some(line) = log.lines().find(|line| line.contains(&marker)) {
            ensure!(line.contains(&whole), "the record is written as {line:?}");
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(format!("the record is not in {} after 5 s", world.log.display()).into())
}
