"""Imports of Go, Rust, Java and of files that name files."""

from tests.vcs.resolving.trees import edges


def test_go_means_the_files_that_declare_what_is_used():
    tree = {
        "go.mod": "module example.com/m\n\ngo 1.22\n",
        "main.go": 'package main\nimport (\n\t"fmt"\n\t"example.com/m/util"\n\tn "example.com/m/net/http"\n)\n'
        "func main() { util.Do(); n.Get(); fmt.Println() }\n",
        "util/do.go": "package util\nfunc Do() {}\n",
        "util/other.go": "package util\nfunc Other() {}\n",
        "util/do_test.go": "package util\nfunc Do2() {}\n",
        "net/http/doc.go": "package http\n",
        "tools/go.mod": "module example.com/m/tools\n",
        "tools/x/x.go": 'package x\nimport "example.com/m/util"\nvar A util.Unknown\n',
        "tools/y/y.go": 'package y\nimport "example.com/m/tools/x"\nvar B = x.A\n',
    }
    assert edges(tree) == {
        "main.go": {"net/http/doc.go": 1, "util/do.go": 1},
        "tools/x/x.go": {"util/do.go": 1},
        "tools/y/y.go": {"tools/x/x.go": 1},
    }


def test_rust_follows_modules_through_its_crates():
    tree = {
        "Cargo.toml": '[workspace]\nmembers = ["core", "app"]\n',
        "core/Cargo.toml": '[package]\nname = "my-core"\n',
        "core/src/lib.rs": 'pub mod net;\nmod util;\n#[path = "odd/file.rs"]\nmod odd;\n'
        "mod tests {\n use super::*;\n}\n",
        "core/src/net/mod.rs": "pub mod http;\nuse crate::util::helper;\nuse self::http::Get;\n",
        "core/src/net/http.rs": "use super::super::util;\nuse crate::net::{http, Port};\nuse std::io;\n",
        "core/src/util.rs": "use crate::Top;\n",
        "core/src/odd/file.rs": "",
        "app/Cargo.toml": '[package]\nname = "app"\n',
        "app/src/main.rs": "use my_core::net::http::Get;\nmod cmd;\nuse cmd::run;\n",
        "app/src/cmd.rs": "",
    }
    assert edges(tree) == {
        "core/src/lib.rs": {"core/src/net/mod.rs": 1, "core/src/odd/file.rs": 1, "core/src/util.rs": 1},
        "core/src/net/mod.rs": {"core/src/net/http.rs": 2, "core/src/util.rs": 1},
        "core/src/net/http.rs": {"core/src/net/mod.rs": 1, "core/src/util.rs": 1},
        "core/src/util.rs": {"core/src/lib.rs": 1},
        "app/src/main.rs": {"app/src/cmd.rs": 2, "core/src/net/http.rs": 1},
    }


def test_rust_reads_the_items_that_a_macro_chooses_or_makes():
    tree = {
        "Cargo.toml": '[package]\nname = "app"\n',
        "src/lib.rs": 'cfg_net! {\n #[path = "odd.rs"]\n pub(crate) mod net;\n mod plain;\n'
        " use self::plain::{a, b as c};\n}\n"
        "macro_rules! made { ($n:ident) => { pub mod $n { use crate::top::X; use super::super::Y; } } }\n"
        "mod top;\nmod inner { cfg_if! { if #[cfg(unix)] { mod deep { use super::super::top; } } } }\n"
        'fn f() { println!("mod text; use text::x;"); quote! { use crate::plain::a; } }\n',
        "src/odd.rs": "cfg_x! { use crate::plain; }\n",
        "src/plain.rs": "",
        "src/top.rs": "use_it! { use super::odd; use super::net; }\n",
    }
    assert edges(tree) == {
        "src/lib.rs": {"src/odd.rs": 1, "src/plain.rs": 2, "src/top.rs": 3},
        "src/odd.rs": {"src/plain.rs": 1},
        "src/top.rs": {"src/lib.rs": 1, "src/odd.rs": 1},
    }


def test_java_means_classes_members_and_what_is_used_of_a_package():
    tree = {
        "src/main/java/a/b/C.java": "package a.b;\npublic class C { static class D {} }\n",
        "src/main/java/a/b/E.java": "package a.b;\nclass E {}\n",
        "src/main/java/a/Main.java": "package a;\nimport a.b.C;\nimport a.b.C.D;\nimport static a.b.C.x;\n"
        "import java.util.List;\n",
        "src/main/java/a/All.java": "package a;\nimport a.b.*;\nclass All { E e; }\n",
    }
    assert edges(tree) == {
        "src/main/java/a/Main.java": {"src/main/java/a/b/C.java": 3},
        "src/main/java/a/All.java": {"src/main/java/a/b/E.java": 1},
    }


def test_files_that_are_named_as_files():
    tree = {
        "src/a.c": '#include "a.h"\n#include "lib/x.h"\n#include "none.h"\n#include "../../out.h"\n',
        "src/a.h": "",
        "include/lib/x.h": "",
        "run.sh": ". lib/common.sh\n",
        "lib/common.sh": "",
        "app.rb": "require_relative 'lib/tool'\nrequire 'json'\n",
        "lib/tool.rb": "",
    }
    assert edges(tree) == {
        "src/a.c": {"include/lib/x.h": 1, "src/a.h": 1},
        "run.sh": {"lib/common.sh": 1},
        "app.rb": {"lib/tool.rb": 1},
    }
