"""One small program in each language, with what two people may do to it.

In `text`, `«name»` is a place where lines can be added, and a line that begins with `name:=` in the snippets stands for
a change of it. Every snippet ends with a line feed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A program with places, and two additions for each place, the first of which has the smaller key.

    `edits` are four replacements (old, new): the first two change neighbouring lines of one function or object, the
    last two are different changes of one line. `block` is a member, and `inside` a change within it. `ordered` is a
    place whose additions stand in an order, so that two of them are a conflict.
    """

    path: str
    text: str
    additions: dict[str, tuple[str, str]]
    edits: tuple[tuple[str, str], tuple[str, str], tuple[str, str], tuple[str, str]]
    block: str
    inside: tuple[str, str]
    same_name: tuple[str, str, str]  # place, and two different members of one name
    ordered: tuple[str, str, str]


PYTHON = Sample(
    path="shop/cart.py",
    text='''"""A shopping cart."""

import decimal
import json
«imports»
from shop import prices

LIMIT = 100


def total(items):
    result = decimal.Decimal(0)
    factor = 1
    for item in items:
        result += item.price * factor
    return result


class Cart:
    """What somebody wants to buy."""

    name = "cart"
«fields»
    def add(self, item):
        self.items.append(item)

    def clear(self):
        self.items = []
        self.count = 0
«statements»
        self.notify("cleared")
«methods»

def dump(cart):
    return json.dumps(cart.items)
«functions»''',
    additions={
        "imports": ("import logging\n", "import math\n"),
        "fields": ("    colour = 1\n", "    weight = 2\n"),
        "methods": (
            "\n    def count(self):\n        return len(self.items)\n",
            "\n    def remove(self, item):\n        self.items.remove(item)\n",
        ),
        "functions": (
            "\n\ndef load(text):\n    return json.loads(text)\n",
            "\n\ndef merge(one, other):\n    return one.items + other.items\n",
        ),
    },
    edits=(
        ("    result = decimal.Decimal(0)\n", '    result = decimal.Decimal("0.00")\n'),
        ("    factor = 1\n", "    factor = 2\n"),
        ("LIMIT = 100\n", "LIMIT = 200\n"),
        ("LIMIT = 100\n", "LIMIT = 50\n"),
    ),
    block="    def add(self, item):\n        self.items.append(item)\n\n",
    inside=("        self.items.append(item)\n", "        self.items.insert(0, item)\n"),
    same_name=(
        "functions",
        "\n\ndef load(text):\n    return json.loads(text)\n",
        "\n\ndef load(path):\n    return open(path).read()\n",
    ),
    ordered=("statements", '        self.log("a")\n', '        self.store("b")\n'),
)

TYPESCRIPT = Sample(
    path="src/cart.ts",
    text="""import { Item } from "./item";
import { Price } from "./price";
«imports»
export interface Options {
  currency: string;
«fields»}

export enum State {
  Empty,
  Full,
}

export class Cart {
  add(item: Item): void {
    this.items.push(item);
  }

  clear(): void {
    this.items = [];
    this.count = 0;
«statements»    this.notify("cleared");
  }
«methods»}

export const limit = 100;

export function total(items: Item[]): number {
  let result = 0;
  const factor = 1;
  for (const item of items) result += item.price * factor;
  return result;
}
«functions»""",
    additions={
        "imports": ('import { log } from "./log";\n', 'import { sum } from "./sum";\n'),
        "fields": ("  locale: string;\n", "  rounding: number;\n"),
        "methods": (
            "\n  first(): Item {\n    return this.items[0];\n  }\n",
            "\n  remove(item: Item): void {\n    this.items.delete(item);\n  }\n",
        ),
        "functions": (
            "\nexport function dump(cart: Cart): string {\n  return JSON.stringify(cart);\n}\n",
            "\nexport function load(text: string): Cart {\n  return JSON.parse(text);\n}\n",
        ),
    },
    edits=(
        ("  let result = 0;\n", "  let result = 0.0;\n"),
        ("  const factor = 1;\n", "  const factor = 2;\n"),
        ("export const limit = 100;\n", "export const limit = 200;\n"),
        ("export const limit = 100;\n", "export const limit = 50;\n"),
    ),
    block="  add(item: Item): void {\n    this.items.push(item);\n  }\n\n",
    inside=("    this.items.push(item);\n", "    this.items.unshift(item);\n"),
    same_name=(
        "functions",
        "\nexport function load(text: string): Cart {\n  return JSON.parse(text);\n}\n",
        "\nexport function load(path: string): Cart {\n  return read(path);\n}\n",
    ),
    ordered=("statements", '    this.log("a");\n', '    this.store("b");\n'),
)

JAVASCRIPT = Sample(
    path="lib/cart.js",
    text="""const json = require("./json");

const options = {
  currency: "EUR",
«fields»  limit: 100,
};

class Cart {
  add(item) {
    this.items.push(item);
  }

  clear() {
    this.items = [];
    this.count = 0;
«statements»    this.notify("cleared");
  }
«methods»}

function total(items) {
  let result = 0;
  const factor = 1;
  for (const item of items) result += item.price * factor;
  return result;
}
«functions»""",
    additions={
        "fields": ('  language: "de",\n', '  rounding: "up",\n'),
        "methods": (
            "\n  first() {\n    return this.items[0];\n  }\n",
            "\n  remove(item) {\n    this.items.delete(item);\n  }\n",
        ),
        "functions": (
            "\nfunction dump(cart) {\n  return JSON.stringify(cart);\n}\n",
            "\nfunction load(text) {\n  return JSON.parse(text);\n}\n",
        ),
    },
    edits=(
        ("  let result = 0;\n", "  let result = 0.0;\n"),
        ("  const factor = 1;\n", "  const factor = 2;\n"),
        ("  limit: 100,\n", "  limit: 200,\n"),
        ("  limit: 100,\n", "  limit: 50,\n"),
    ),
    block="  add(item) {\n    this.items.push(item);\n  }\n\n",
    inside=("    this.items.push(item);\n", "    this.items.unshift(item);\n"),
    same_name=(
        "functions",
        "\nfunction load(text) {\n  return JSON.parse(text);\n}\n",
        "\nfunction load(path) {\n  return read(path);\n}\n",
    ),
    ordered=("statements", '    this.log("a");\n', '    this.store("b");\n'),
)

GO = Sample(
    path="cart/cart.go",
    text="""package cart

import (
	"encoding/json"
	"fmt"
«imports»)

const limit = 100

// Options say how a cart counts.
type Options struct {
	Currency string
«fields»}

// Add puts an item in.
func (c *Cart) Add(item Item) {
	c.items = append(c.items, item)
}

func (c *Cart) Clear() {
	c.items = nil
	c.count = 0
«statements»	c.notify("cleared")
}
«methods»
func Total(items []Item) int {
	result := 0
	factor := 1
	for _, item := range items {
		result += item.Price * factor
	}
	return result
}
«functions»""",
    additions={
        "imports": ('\t"math"\n', '\t"strings"\n'),
        "fields": ("\tLanguage string\n", "\tRounding int\n"),
        "methods": (
            "\nfunc (c *Cart) First() Item {\n\treturn c.items[0]\n}\n",
            "\nfunc (c *Cart) Remove(at int) {\n\tc.items[at] = Item{}\n}\n",
        ),
        "functions": (
            "\nfunc Dump(c Cart) string {\n\treturn fmt.Sprint(c)\n}\n",
            "\nfunc Load(text []byte) error {\n\treturn json.Unmarshal(text, nil)\n}\n",
        ),
    },
    edits=(
        ("\tresult := 0\n", "\tresult := 10\n"),
        ("\tfactor := 1\n", "\tfactor := 2\n"),
        ("const limit = 100\n", "const limit = 200\n"),
        ("const limit = 100\n", "const limit = 50\n"),
    ),
    block="// Add puts an item in.\nfunc (c *Cart) Add(item Item) {\n\tc.items = append(c.items, item)\n}\n\n",
    inside=("\tc.items = append(c.items, item)\n", "\tc.items = append([]Item{item}, c.items...)\n"),
    same_name=(
        "functions",
        "\nfunc Load(text []byte) error {\n\treturn json.Unmarshal(text, nil)\n}\n",
        "\nfunc Load(path string) error {\n\treturn read(path)\n}\n",
    ),
    ordered=("statements", '\tc.log("a")\n', '\tc.store("b")\n'),
)

RUST = Sample(
    path="src/cart.rs",
    text="""use std::collections::HashMap;
use std::fmt;
«imports»
pub const LIMIT: u32 = 100;

#[derive(Debug)]
pub struct Cart {
    items: Vec<Item>,
«fields»}

pub enum State {
    Empty,
«variants»}

impl Cart {
    /// Puts an item in.
    pub fn add(&mut self, item: Item) {
        self.items.push(item);
    }

    pub fn clear(&mut self) {
        self.items.clear();
        self.count = 0;
«statements»        self.notify("cleared");
    }
«methods»}

pub fn total(items: &[Item]) -> u32 {
    let mut result = 0;
    let factor = 1;
    for item in items {
        result += item.price * factor;
    }
    result
}
«functions»""",
    additions={
        "imports": ("use std::io;\n", "use std::rc::Rc;\n"),
        "fields": ("    count: u32,\n", "    limit: u32,\n"),
        "variants": ("    Closed,\n", "    Full,\n"),
        "methods": (
            "\n    pub fn first(&self) -> &Item {\n        &self.items[0]\n    }\n",
            "\n    pub fn remove(&mut self, at: usize) {\n        self.items.remove(at);\n    }\n",
        ),
        "functions": (
            '\npub fn dump(cart: &Cart) -> String {\n    format!("{cart:?}")\n}\n',
            "\npub fn load(text: &str) -> Cart {\n    parse(text)\n}\n",
        ),
    },
    edits=(
        ("    let mut result = 0;\n", "    let mut result = 10;\n"),
        ("    let factor = 1;\n", "    let factor = 2;\n"),
        ("pub const LIMIT: u32 = 100;\n", "pub const LIMIT: u32 = 200;\n"),
        ("pub const LIMIT: u32 = 100;\n", "pub const LIMIT: u32 = 50;\n"),
    ),
    block="    /// Puts an item in.\n    pub fn add(&mut self, item: Item) {\n"
    "        self.items.push(item);\n    }\n\n",
    inside=("        self.items.push(item);\n", "        self.items.insert(0, item);\n"),
    same_name=(
        "functions",
        "\npub fn load(text: &str) -> Cart {\n    parse(text)\n}\n",
        "\npub fn load(path: &Path) -> Cart {\n    read(path)\n}\n",
    ),
    ordered=("statements", '        self.log("a");\n', '        self.store("b");\n'),
)

JAVA = Sample(
    path="src/shop/Cart.java",
    text="""package shop;

import java.util.ArrayList;
import java.util.List;
«imports»
/** What somebody wants to buy. */
public class Cart {
    static final int LIMIT = 100;
    private List<Item> items = new ArrayList<>();
«fields»
    enum State {
        EMPTY,
«variants»        FULL
    }

    public void add(Item item) {
        items.add(item);
    }

    public void clear() {
        items.clear();
        count = 0;
«statements»        send("cleared");
    }
«methods»
    int total() {
        int result = 0;
        int factor = 1;
        for (Item item : items) {
            result += item.price() * factor;
        }
        return result;
    }
«functions»}
""",
    additions={
        "imports": ("import java.util.Map;\n", "import java.util.Set;\n"),
        "fields": ("    private String currency;\n", "    private int weight;\n"),
        "variants": ("        CLOSED,\n", "        SOLD,\n"),
        "methods": (
            "\n    public Item first() {\n        return items.get(0);\n    }\n",
            "\n    public void remove(Item item) {\n        items.remove(item);\n    }\n",
        ),
        "functions": (
            "\n    String dump() {\n        return items.toString();\n    }\n",
            "\n    void load(String text) {\n        parse(text);\n    }\n",
        ),
    },
    edits=(
        ("        int result = 0;\n", "        int result = 10;\n"),
        ("        int factor = 1;\n", "        int factor = 2;\n"),
        ("    static final int LIMIT = 100;\n", "    static final int LIMIT = 200;\n"),
        ("    static final int LIMIT = 100;\n", "    static final int LIMIT = 50;\n"),
    ),
    block="    public void add(Item item) {\n        items.add(item);\n    }\n\n",
    inside=("        items.add(item);\n", "        items.add(0, item);\n"),
    same_name=(
        "functions",
        "\n    void load(String text) {\n        parse(text);\n    }\n",
        "\n    void load(String path) {\n        read(path);\n    }\n",
    ),
    ordered=("statements", '        log("a");\n', '        store("b");\n'),
)
