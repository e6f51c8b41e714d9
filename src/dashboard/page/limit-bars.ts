/** One bar per limit: from where a healthy walk is to where the robot is stopped. */

import type { LimitName } from "../../safety/limit.ts";
import type { RobotStatus } from "../../service/live-events.ts";
import { element, setText } from "./element.ts";
import { figure } from "./figures.ts";
import { boundsOf, LIMIT_ORDER, LIMIT_WORDS, nearness, readLimit, wayToLimit } from "./limits.ts";
import type { Frame } from "./page-state.ts";

const WORDS = { fine: "", near: "near", over: "OVER" } as const;

interface Bar {
  readonly row: HTMLElement;
  readonly fill: HTMLElement;
  readonly soft: HTMLElement;
  readonly peak: HTMLElement;
  readonly value: HTMLElement;
  readonly word: HTMLElement;
}

export class LimitBars {
  readonly #box: HTMLElement;
  readonly #bars = new Map<LimitName, Bar>();

  constructor(box: HTMLElement) {
    this.#box = box;
  }

  /** @param furthest way to the limit at its largest in this trial */
  draw(robot: RobotStatus, frame: Frame | null, furthest: ReadonlyMap<LimitName, number>): void {
    for (const name of LIMIT_ORDER) {
      const bounds = boundsOf(robot, name);
      if (bounds === null) continue;
      const bar = this.#bars.get(name) ?? this.#create(name);
      const { unwatched } = robot.envelope[name];
      if (unwatched !== undefined) {
        bar.row.dataset["nearness"] = "unwatched";
        bar.row.title = unwatched;
        setText(bar.value, "not watched");
        continue;
      }
      const reading = frame === null ? null : readLimit(robot, name, frame.values, frame.margins);
      const way = reading === null ? 0 : Math.max(0, wayToLimit(reading.value, reading.bounds));
      const shown = reading?.bounds ?? bounds;
      const limit =
        reading !== null && reading.value < shown.nominal
          ? (shown.low ?? shown.high)
          : (shown.high ?? shown.low);
      const near = reading === null ? "fine" : nearness(reading.value, reading.bounds);
      bar.row.dataset["nearness"] = reading === null ? "unknown" : near;
      bar.row.setAttribute("aria-valuenow", String(Math.round(Math.min(way, 9.99) * 100)));
      bar.fill.style.width = `${Math.min(1, way) * 100}%`;
      const soft =
        reading !== null && reading.value < shown.nominal ? shown.softLow : (shown.softHigh ?? shown.softLow);
      bar.soft.hidden = soft === null;
      if (soft !== null) bar.soft.style.left = `${wayToLimit(soft, shown) * 100}%`;
      bar.peak.style.left = `${Math.min(1, furthest.get(name) ?? 0) * 100}%`;
      const joint = reading?.joint ? ` ${reading.joint}` : "";
      setText(bar.value, `${figure(reading?.value)} / ${figure(limit, 2)} ${shown.unit}${joint}`.trimEnd());
      setText(bar.word, WORDS[near]);
    }
  }

  #create(name: LimitName): Bar {
    const fill = element("span", { class: "fill" });
    const soft = element("span", { class: "soft", title: "a warning is due from here on" });
    const peak = element("span", { class: "peak", title: "furthest in this trial" });
    const value = element("span", { class: "value" });
    const word = element("strong", { class: "word" });
    const row = element(
      "div",
      {
        class: "limit",
        "data-testid": `limit-${name}`,
        role: "meter",
        "aria-label": `${LIMIT_WORDS[name]}, per cent of the way to the limit`,
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        "aria-valuenow": 0,
      },
      element("span", { class: "name" }, LIMIT_WORDS[name]),
      element("span", { class: "bar" }, fill, soft, peak),
      word,
      value,
    );
    this.#box.append(row);
    const bar = { row, fill, soft, peak, value, word };
    this.#bars.set(name, bar);
    return bar;
  }
}
