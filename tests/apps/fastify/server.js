const app = require("fastify")();

app.get("/crash", () => process.exit(1));
app.get("/", async () => "first version");
app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
