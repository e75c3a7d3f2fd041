"""A watcher beside a working copy, and what commands learn from it, so that they look only where something changed.

`asterism watch` runs a `watcher.Watcher` and serves it (`channel.serve`); a command asks it (`news.ask_news`). It names
the folders that were touched since the point up to which the command's stat cache knows them (`touches`). Whatever is
in doubt is answered by looking at everything: no watcher, another one than before, another folder, a queue that
overflowed, a mount that came or went.
"""
