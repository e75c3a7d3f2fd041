const app = require("express")();

app.get("/crash", () => process.exit(1));
app.get("/", (_, response) => response.send("first version"));
app.listen(process.env.PORT);
