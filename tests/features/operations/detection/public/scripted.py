"""Ruby, PHP and Elixir apps."""

from tests.features.operations.detection.apps import App, package

RAILS = {"Gemfile": 'gem "rails", "~> 8.0"\ngem "puma"\n', "config.ru": "", "config/application.rb": ""}

SCRIPTED = [
    App(
        "heroku ruby-getting-started",
        RAILS
        | {
            "Procfile": "web: bundle exec puma -C config/puma.rb\n",
            "Gemfile.lock": "RUBY VERSION\n   ruby 3.3.4p94\n",
            "app/assets/a.css": "",
        },
        *("ruby", "bundler", "bundle exec rails assets:precompile", "bundle exec puma -C config/puma.rb", "rails"),
        "3.3.4",
    ),
    App(
        "rails with jsbundling and a start script",
        RAILS
        | {
            "app/javascript/a.js": "",
            "package.json": package({"build": "esbuild", "start": "esbuild --watch"}, ["esbuild", "react"]),
            "postcss.config.js": "",
            "yarn.lock": "",
            "bin/rails": "",
            "Dockerfile": "",
        },
        *("ruby", "bundler", "bundle exec rails assets:precompile", "bundle exec rails server -b 0.0.0.0 -p $PORT"),
    ),
    App(
        "nixpacks ruby-sinatra",
        {"Gemfile": "gem 'sinatra'\n", "config.ru": "run App\n", "app.rb": ""},
        *("ruby", "bundler", None, "bundle exec rackup --host 0.0.0.0 --port $PORT", "sinatra"),
    ),
    App(
        "sinatra with a file for puma",
        {"Gemfile": "gem 'sinatra'\ngem 'puma'\n", "config.ru": "", "config/puma.rb": ""},
        *("ruby", "bundler", None, "bundle exec puma -C config/puma.rb", "sinatra"),
    ),
    App(
        "ruby script with node beside",
        {"Gemfile": "gem 'execjs'\n", "app.rb": "", "package.json": package(deps=["cowsay"])},
        *("ruby", "bundler", None, "bundle exec ruby app.rb"),
    ),
    App(
        "heroku php-getting-started",
        {
            "composer.json": '{"require": {"php": "^8.2", "slim/slim": "^4"}}',
            "Procfile": "web: heroku-php-apache2 web/\n",
            "web/index.php": "",
        },
        *("php", "composer", None, "heroku-php-apache2 web/", "slim", "^8.2"),
    ),
    App("nixpacks php-vanilla", {"index.php": "<?php"}, "php", None, None, "php -S 0.0.0.0:$PORT"),
    App(
        "laravel 11",
        {
            "composer.json": '{"require": {"php": "^8.2", "laravel/framework": "^11.0"}}',
            "artisan": "",
            "public/index.php": "",
            "package.json": package({"build": "vite build", "dev": "vite"}, dev=["vite", "laravel-vite-plugin"]),
            "package-lock.json": "{}",
            "vite.config.js": "",
            "tailwind.config.js": "",
            "postcss.config.js": "",
        },
        *("php", "composer", "vite build", "php artisan serve --host=0.0.0.0 --port=$PORT", "laravel", "^8.2"),
    ),
    App(
        "cakephp",
        {"composer.json": '{"require": {"cakephp/cakephp": "5"}}', "webroot/index.php": "", "index.php": ""},
        *("php", "composer", None, "php -S 0.0.0.0:$PORT -t webroot", "cakephp"),
    ),
    App(
        "php theme with a bundler",
        {
            "composer.json": '{"require": {"php": ">=8"}}',
            "web/index.php": "",
            "package.json": package({"build": "webpack"}, dev=["webpack"]),
            "webpack.config.js": "",
        },
        *("php", "composer", "webpack", "php -S 0.0.0.0:$PORT -t web"),
    ),
    App(
        "fly hello_elixir",
        {
            "mix.exs": 'elixir: "~> 1.14"\n{:phoenix, "~> 1.7"},\naliases: ["assets.deploy": ["esbuild"]]\n',
            "mix.lock": "",
            "config/config.exs": "",
            "assets/package.json": package(),
            "Dockerfile": "",
        },
        *("elixir", "mix", "mix compile && mix assets.deploy", "mix phx.server", "phoenix", "~> 1.14"),
    ),
    App(
        "phoenix umbrella",
        {
            "mix.exs": 'apps_path: "apps"\n',
            "apps/shop/mix.exs": "",
            "apps/shop_web/mix.exs": '{:phoenix, "~> 1.7"}\n',
        },
        *("elixir", "mix", "mix compile", "mix phx.server", "phoenix"),
    ),
]
