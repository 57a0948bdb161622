// Hello, as one writes it with Hono.
import { Hono } from "hono";

const app = new Hono();
app.get("/", (c) => c.body("hello", 200, { "content-type": "text/plain" }));
export default app;
