"""`fieldapp serve`: the server, in the foreground."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import click

from .folders import FOLDER, outer_folder, server_folder


@click.command("serve")
@FOLDER
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="Port.")
@click.option("--database", metavar="URL", help="PostgreSQL in place of SQLite in the folder.")
@click.option("--public-host", metavar="NAME", help="The name that laptops use, with its port unless 443.")
@click.option(
    "--behind-tls", is_flag=True, help="A proxy in front ends TLS; allows another address than 127.0.0.1."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 32),
    default=1,
    show_default=True,
    help="Processes that serve; PostgreSQL only.",
)
@click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How the log on stderr is written; json also says every request.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Tell numbers on 127.0.0.1 at /metrics, for Prometheus.",
)
@click.option(
    "--while-fd", type=click.IntRange(0), hidden=True, help="Stop when this descriptor is closed (the demo)."
)
@click.pass_context
def command(
    ctx: click.Context,
    folder: Path | None,
    host: str,
    port: int,
    database: str | None,
    public_host: str | None,
    behind_tls: bool,
    workers: int,
    log_format: str,
    metrics_port: int | None,
    while_fd: int | None,
) -> None:
    """Run the server until ctrl+c. It listens on this computer only, unless a TLS proxy stands in front."""
    from fieldapp.server import serve

    placed = server_folder(outer_folder(ctx, folder))
    _ready(placed, database)
    if while_fd is not None:
        threading.Thread(target=_stop_with, args=(while_fd,), daemon=True).start()
    else:
        click.echo(f"Serving on http://{host}:{port} (ctrl+c stops).", err=True)
    serve.run(
        placed,
        host,
        port,
        database=database,
        public_host=public_host,
        behind_tls=behind_tls,
        count=workers,
        log_format=log_format,
        metrics_port=metrics_port,
    )


def _ready(folder: Path, database: str | None) -> None:
    """Upgrade a SQLite database that is older than this program; warn of a PostgreSQL role with too many rights."""
    from fieldapp.server import roles, schema

    if database is not None:
        warning = roles.standing(database)
        if warning:
            click.echo(f"WARNING  {warning}", err=True)
    elif schema.is_behind(folder):
        from fieldapp.server import upgrade

        done = upgrade.upgrade(folder)
        click.echo(f"The database was upgraded; as it was, it is kept as {done.copy}.", err=True)


def _stop_with(descriptor: int) -> None:
    """Wait until whoever started the server is gone, however they went, then stop as ctrl+c would."""
    while os.read(descriptor, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
