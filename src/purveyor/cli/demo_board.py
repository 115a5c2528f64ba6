"""The board of the demo: eleven stages side by side, what happens, what it brings, and what customers are told."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, get_args

import msgspec
from rich import box
from rich.align import Align
from rich.columns import Columns
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from purveyor.cli.demo_board_texts import told
from purveyor.core import service_levels
from purveyor.core.money import Money
from purveyor.db.reader import Reader
from purveyor.engine.journal import FACTS_OF_A_ROW, LINE, JournalRow

STAGES: tuple[str, ...] = get_args(service_levels.Stage)
COLORS = {
    "receipt": "#56b4e9",
    "review": "#5aa9e6",
    "confirmation": "#7f9cf5",
    "payment": "#9f8cf0",
    "picking": "#c084e8",
    "packing": "#e07cc4",
    "shipping": "#f0848c",
    "delivery": "#f29e5c",
    "support": "#e8b84a",
    "returns": "#b5c94c",
    "feedback": "#6fcf7a",
}
# How old the oldest order of a stage may get before the board says so.
PATIENCE = {
    "review": timedelta(days=2),
    "confirmation": timedelta(hours=1),
    "payment": timedelta(days=2),
    "picking": timedelta(hours=12),
    "packing": timedelta(hours=8),
    "shipping": timedelta(days=1),
    "delivery": timedelta(days=7),
    "support": timedelta(days=2),
    "returns": timedelta(days=14),
}
WIDE = 134  # columns of the terminal from which the stages stand side by side
TALL = 34
BAR_ROWS = 5
EIGHTHS = " ▁▂▃▄▅▆▇█"
RECENT = 60  # events that the board remembers
DAY = timedelta(days=1)

LIVE = """
    -- Orders that have not ended, by stage; how old the oldest is there, and how many are held.
    SELECT stage, count(*) AS orders, min(stage_since) AS oldest, count(*) FILTER (WHERE holds <> '') AS held
      FROM orders
     WHERE closed_at IS NULL AND status = 'placed'
  GROUP BY stage
"""
SUMS = """
    SELECT count(*) AS placed,
           count(*) FILTER (WHERE status = 'closed') AS closed,
           count(*) FILTER (WHERE status = 'canceled') AS canceled,
           count(*) FILTER (WHERE placed_at > $1) AS placed_today,
           count(*) FILTER (WHERE placed_at > $2) AS placed_this_hour,
           coalesce(sum(total_minor) FILTER (WHERE currency = $3), 0)::bigint AS sales_minor,
           coalesce(sum(total_minor) FILTER (WHERE currency = $3 AND placed_at > $1), 0)::bigint AS today_minor,
           coalesce(sum(captured_minor) FILTER (WHERE currency = $3), 0)::bigint AS captured_minor,
           coalesce(sum(refunded_minor) FILTER (WHERE currency = $3), 0)::bigint AS refunded_minor,
           coalesce(sum(receivable_minor) FILTER (WHERE currency = $3 AND receivable_minor > 0), 0)::bigint
             AS receivable_minor
      FROM orders
"""
SCORES = """
    SELECT count(csat) AS answers, coalesce(round(avg(csat), 2), 0)::float8 AS csat FROM survey WHERE csat IS NOT NULL
"""
NEWS = f"""
    -- The newest rows that were recorded since the last look, each with the number of its order.
    SELECT line.*, coalesce(o.number, 0) AS number
      FROM (SELECT {LINE} FROM journal_row WHERE seq > $1 - {FACTS_OF_A_ROW} ORDER BY seq DESC LIMIT $2) AS line
      LEFT JOIN orders o ON o.id = line.order_id
  ORDER BY line.seq
"""


class Stage(msgspec.Struct, frozen=True):
    """What waits in one stage."""

    stage: str
    orders: int
    oldest: datetime | None
    held: int


class Sums(msgspec.Struct, frozen=True):
    """What it comes to; amounts in minor units of the shop's currency."""

    placed: int = 0
    closed: int = 0
    canceled: int = 0
    placed_today: int = 0
    placed_this_hour: int = 0
    sales_minor: int = 0
    today_minor: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    receivable_minor: int = 0


class Scores(msgspec.Struct, frozen=True):
    answers: int = 0
    csat: float = 0.0


class NewsLine(JournalRow):
    """A row of the journal with the number of its order, 0 where it is about none."""

    number: int = 0


class News(msgspec.Struct, frozen=True):
    """One fact, as it is told on the board."""

    seq: int
    at: datetime
    kind: str
    actor: str
    data: dict[str, Any]
    number: int


class Address(msgspec.Struct):
    """Where shop, console and API listen, the key that opens the API, and who may sign in to the console."""

    url: str
    docs: str
    key: str = ""
    is_up: bool = False
    logins: tuple[tuple[str, str], ...] = ()  # each with its role
    password: str = ""
    folder: str = ""  # where data and logs lie

    @property
    def who(self) -> str:
        """Who may sign in, and as what."""
        return ", ".join(f"{login} ({role})" for login, role in self.logins)

    @property
    def console(self) -> str:
        return f"{self.url}/console"

    @property
    def inbox(self) -> str:
        return f"{self.url}/inbox"


class Board:
    """Remembers what it saw last; drawn anew by rich whenever it is shown."""

    def __init__(self, currency: str, address: Address, zone: tzinfo = UTC) -> None:
        """`zone`: that of the shop, in which times are shown."""
        self.currency = currency
        self.zone = zone
        self.address = address
        self.now: datetime | None = None
        self.state = "starting"
        self.stages: dict[str, Stage] = {}
        self.sums = Sums()
        self.scores = Scores()
        self.events: deque[tuple[datetime, int, str, Text]] = deque(maxlen=RECENT)
        self.messages: deque[tuple[datetime, int, str]] = deque(maxlen=RECENT)
        self.sent = 0
        self._cursor = 0

    async def look(self, read: Reader, now: datetime) -> None:
        """Read everything anew."""
        self.now = now.astimezone(self.zone)
        self.stages = {each.stage: each for each in await read.rows(Stage, LIVE)}
        self.sums = await read.row(Sums, SUMS, now - DAY, now - timedelta(hours=1), self.currency) or Sums()
        self.scores = await read.row(Scores, SCORES) or Scores()
        for line in await read.rows(NewsLine, NEWS, self._cursor, 500):
            for entry in line.entries():
                if entry.seq > self._cursor:
                    self._cursor = entry.seq
                    data = msgspec.json.decode(entry.data)
                    self._hear(News(entry.seq, entry.at, entry.kind, entry.actor, data, line.number))

    def _hear(self, news: News) -> None:
        stage = news.kind.partition(".")[0]
        at = news.at.astimezone(self.zone)
        if news.kind == "confirmation.notice_sent":
            self.sent += 1
        if stage == "confirmation":
            if news.kind == "confirmation.notice_queued":
                notice = str(news.data["notice"])
                self.messages.append(
                    (at, news.number, f"{notice.replace('_', ' ')} by {news.data.get('channel', 'email')}")
                )
            return
        words = told(news.kind, news.data, self.currency)
        if words and news.number:
            self.events.append((at, news.number, stage, Text(words, style=COLORS.get(stage, ""))))

    def line(self) -> str:
        """The board in one line, for where there is no terminal."""
        sums = self.sums
        live = " ".join(f"{name}={self.stages[name].orders}" for name in STAGES if name in self.stages)
        return (
            f"{self.now:%a %d %b %H:%M} | placed {sums.placed}, closed {sums.closed}, canceled {sums.canceled} | {live}"
            f" | sales {Money(sums.sales_minor, self.currency)}"
        )

    # drawing

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = options.max_width, options.height or console.height
        is_wide = width >= WIDE
        head = self._head(is_wide=is_wide)
        stages = self._side_by_side(bars=height >= TALL) if is_wide else self._below_each_other(width)
        money = self._money(is_wide=is_wide)
        used = sum(len(console.render_lines(part, options.update(height=None))) for part in (head, stages, money))
        rest = height - used - 1
        yield Group(head, stages, money)
        if rest >= 4:  # noqa: PLR2004 (a frame with two lines in it)
            yield self._ticker(width, rest, is_wide=is_wide)

    def _head(self, *, is_wide: bool) -> RenderableType:
        clock = (
            f"{self.now:%A %d %B %Y, %H:%M}"
            if is_wide and self.now
            else f"{self.now:%a %d %b %H:%M}"
            if self.now
            else ""
        )
        title = Table.grid(expand=True)
        title.add_column()
        title.add_column(justify="right")
        title.add_row(Text("Purveyor", style="bold") + Text(f"  {self.state}", style="dim"), Text(clock, style="bold"))
        note = Text("Simulated shop: payments, carrier, mail and SMS are simulated.", style="yellow")
        lines: list[RenderableType] = [title, note]
        address = self.address
        where = Text.assemble(
            ("shop ", "dim"),
            (address.url, "bold cyan"),
            ("   console ", "dim"),
            (address.console, "bold cyan"),
            ("   mails ", "dim"),
            (address.inbox, "cyan"),
            ("   API ", "dim"),
            (address.docs, "cyan"),
            ("" if address.is_up else "   starting", "dim"),
        )
        what = ("try ", self.curl) if is_wide else ("key ", address.key)
        who = (address.who if is_wide else address.who.partition(",")[0], "bold")
        lines += [
            where,
            Text.assemble(("sign in as ", "dim"), who, ("   password ", "dim"), (address.password, "bold")),
            Text.assemble((what[0], "dim"), what[1], overflow="ellipsis", no_wrap=True),
        ]
        if is_wide and address.folder:
            lines.append(Text.assemble(("data and logs ", "dim"), address.folder, overflow="ellipsis", no_wrap=True))
        if is_wide:
            return Panel(Group(*lines), box=box.ROUNDED, border_style="dim", padding=(0, 1))
        return Group(*lines)

    @property
    def curl(self) -> str:
        """A line to paste into another terminal."""
        return f"curl -H 'Authorization: Bearer {self.address.key}' {self.address.url}/api/v1/orders"

    def _stage(self, name: str) -> Stage:
        if name == "receipt":  # an order is received at once: what came in within the hour stands here
            return Stage(name, self.sums.placed_this_hour, None, 0)
        return self.stages.get(name) or Stage(name, 0, None, 0)

    def _side_by_side(self, *, bars: bool) -> RenderableType:
        table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 0), show_edge=False, header_style="")
        most = max((self._stage(name).orders for name in STAGES), default=0)
        cells = []
        for name in STAGES:
            stage = self._stage(name)
            color = COLORS[name]
            table.add_column(Text(name, style=f"bold {color}"), justify="center", ratio=1, no_wrap=True)
            lines: list[RenderableType] = []
            if bars:
                lines += [Text(row, style=color) for row in _bar(stage.orders, most)]
            lines.append(Text(str(stage.orders), style="bold" if stage.orders else "dim"))
            lines.append(self._oldest(stage))
            lines.append(Text(f"{stage.held} held", style="yellow") if stage.held else Text(""))
            cells.append(Group(*(Align.center(line) for line in lines)))
        table.add_row(*cells)
        return table

    def _below_each_other(self, width: int) -> RenderableType:
        table = Table.grid(padding=(0, 1), expand=True)
        for justify in ("left", "right", "left", "right", "right"):
            table.add_column(justify=justify, no_wrap=True)
        room = max(width - 50, 8)
        most = max((self._stage(name).orders for name in STAGES), default=0)
        for name in STAGES:
            stage = self._stage(name)
            bar = "█" * round(room * _height(stage.orders, most))
            held = Text(f"{stage.held} held", style="yellow") if stage.held else Text("")
            table.add_row(
                Text(name, style=f"bold {COLORS[name]}"),
                Text(str(stage.orders), style="bold" if stage.orders else "dim"),
                Text(bar.ljust(room), style=COLORS[name]),
                self._oldest(stage),
                held,
            )
        return table

    def _oldest(self, stage: Stage) -> Text:
        if stage.stage == "receipt":
            return Text("last hour", style="dim")
        if stage.oldest is None or self.now is None:
            return Text("", style="dim")
        age = self.now - stage.oldest
        late = age > PATIENCE.get(stage.stage, timedelta(days=365))
        return Text(f"oldest {_span(age)}", style="red" if late else "dim")

    def _money(self, *, is_wide: bool) -> RenderableType:
        sums = self.sums
        figures: Sequence[tuple[str, str]] = (
            ("sales today", self._amount(sums.today_minor)),
            ("sales", self._amount(sums.sales_minor)),
            ("captured", self._amount(sums.captured_minor)),
            ("refunded", self._amount(-sums.refunded_minor)),
            ("owed to us", self._amount(sums.receivable_minor)),
            ("orders", f"{sums.placed:,}"),
            ("closed", f"{sums.closed:,}"),
            ("canceled", f"{sums.canceled:,}"),
            ("CSAT", f"{self.scores.csat:.2f} of 5 ({self.scores.answers})" if self.scores.answers else "-"),
            ("messages", f"{self.sent:,}"),
        )
        parts = [Text.assemble((f"{name} ", "dim"), (value, "bold")) for name, value in figures]
        if is_wide:
            return Panel(
                Columns(parts, expand=True, padding=(0, 2)), box=box.HORIZONTALS, border_style="dim", padding=(0, 1)
            )
        kept = [parts[at] for at in (0, 2, 5, 6, 8)]
        return Text("  ").join(kept)

    def _ticker(self, width: int, rows: int, *, is_wide: bool) -> RenderableType:
        room = rows - 2
        events = Table.grid(padding=(0, 1))
        for at, number, _, told_of in list(self.events)[-room:]:
            words = told_of.copy()
            words.truncate(max((width * 3 // 5 if is_wide else width) - 26, 20), overflow="ellipsis")
            events.add_row(Text(f"{at:%d.%m. %H:%M}", style="dim"), Text(f"#{number}", style="bold"), words)
        happened = Panel(
            events, title="what happens", title_align="left", box=box.ROUNDED, border_style="dim", height=rows
        )
        if not is_wide:
            return happened
        messages = Table.grid(padding=(0, 1))
        for at, number, notice in list(self.messages)[-room:]:
            messages.add_row(
                Text(f"{at:%H:%M}", style="dim"), Text(f"#{number}", style="bold"), Text(notice, no_wrap=True)
            )
        sent = Panel(
            messages,
            title="what customers are told",
            title_align="left",
            box=box.ROUNDED,
            border_style="dim",
            height=rows,
        )
        both = Table.grid(expand=True)
        both.add_column(ratio=3)
        both.add_column(ratio=2)
        both.add_row(happened, sent)
        return both

    def _amount(self, minor: int) -> str:
        return str(Money(minor, self.currency))


def _height(count: int, most: int) -> float:
    """From 0 to 1, by the square root: a long queue must not hide the short ones. Anything that is there is seen."""
    return max(math.sqrt(count / most), 0.06) if count and most else 0.0


def _bar(count: int, most: int) -> list[str]:
    """A bar of `BAR_ROWS` lines, from the top."""
    eighths = round(BAR_ROWS * 8 * _height(count, most))
    return [EIGHTHS[max(0, min(8, eighths - 8 * row))] * 5 for row in reversed(range(BAR_ROWS))]


def _span(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 1:
        return f"{max(0, round(hours * 60))} m"
    return f"{round(hours)} h" if hours < 48 else f"{round(hours / 24)} d"  # noqa: PLR2004
