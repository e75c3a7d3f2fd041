document.title = "first version";
