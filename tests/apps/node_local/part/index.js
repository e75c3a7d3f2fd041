module.exports = "first version";
