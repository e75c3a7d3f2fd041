const text = require("part");

require("http")
  .createServer((request, response) => {
    if (request.url === "/crash") process.exit(1);
    response.end(text);
  })
  .listen(process.env.PORT, "127.0.0.1");
