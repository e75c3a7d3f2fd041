package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { os.Exit(1) })
	http.HandleFunc("/", func(to http.ResponseWriter, _ *http.Request) { fmt.Fprint(to, "first version") })
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
