/** Checks the messages that a config writes: every place is a parameter or known, and its unit fits. */
import type { ConfigSource, FieldPath } from "./config-source.ts";
import { KNOWN_PLACES, placeOf, placesIn } from "./message-template.ts";
import { nearestName } from "./nearest-name.ts";
import type { Template } from "./rosbridge-link.ts";
import type { WrittenTemplate } from "./rosbridge-schema.ts";
import { DIMENSIONS, isSiUnit, type SiUnit, unitNames, unitOf } from "./units.ts";

export class TemplateReader {
  readonly #source: ConfigSource;
  readonly #parameters: ReadonlyMap<string, string>;
  /** Parameters that a message has a place for. */
  readonly used = new Set<string>();
  /** A place in a message that may send parameters is not known. */
  misread = false;

  /** @param parameters of the gait and their SI units */
  constructor(source: ConfigSource, parameters: ReadonlyMap<string, string>) {
    this.#source = source;
    this.#parameters = parameters;
  }

  /** Every place is known and its unit fits; what stands in the message is what a message can hold. */
  read(
    path: FieldPath,
    written: Readonly<Record<string, WrittenTemplate>>,
    sendsParameters: boolean,
  ): Readonly<Record<string, Template>> {
    if (!this.#holdsNothingOdd(path, written)) return {};
    const template = written as Readonly<Record<string, Template>>;
    for (const place of placesIn(template, path)) this.#checkPlace(place.path, place.text, sendsParameters);
    return template;
  }

  #holdsNothingOdd(path: FieldPath, written: WrittenTemplate): boolean {
    if (written === null) {
      this.#report(
        path,
        "nothing stands here, and a message has no such value",
        "Write a value, or remove the field.",
      );
      return false;
    }
    if (typeof written !== "object") return true;
    return Object.entries(written).every(([key, entry]) =>
      this.#holdsNothingOdd([...path, Array.isArray(written) ? Number(key) : key], entry),
    );
  }

  #checkPlace(path: FieldPath, text: string, sendsParameters: boolean): void {
    const place = placeOf(text);
    const parameters = this.#parameters;
    const known = Object.keys(KNOWN_PLACES);
    const names = sendsParameters ? [...parameters.keys(), ...known] : known;
    if (place === null) {
      this.misread ||= sendsParameters;
      this.#report(
        path,
        `\`${text}\` is not written as a place`,
        "Write `$step_length` or `$step_length in mm`.",
      );
    } else if (!names.includes(place.name)) {
      this.misread ||= sendsParameters;
      const isParameter = parameters.has(place.name);
      const near = nearestName(place.name, names);
      this.#report(
        path,
        isParameter
          ? `\`$${place.name}\` is a parameter of the gait, and no parameter set is known here`
          : `nothing is called \`$${place.name}\``,
        `${near === null || isParameter ? "" : `Did you mean \`$${near}\`? `}Known here: ${names.map((name) => `$${name}`).join(", ")}.`,
      );
    } else {
      if (parameters.has(place.name)) this.used.add(place.name);
      if (place.unit !== null) this.#checkUnit(path, place.name, place.unit);
    }
  }

  #checkUnit(path: FieldPath, name: string, unit: string): void {
    const known: Readonly<Record<string, SiUnit | null>> = KNOWN_PLACES;
    const written = this.#parameters.get(name) ?? known[name] ?? null;
    const si = written !== null && isSiUnit(written) ? written : null;
    if (si !== null && unitOf(unit, si) !== null) return;
    const choices = si === null ? [] : unitNames(si);
    const near = nearestName(unit, choices);
    this.#report(
      path,
      si === null
        ? `\`$${name}\` has no unit that could be converted`
        : `\`$${name}\` is ${DIMENSIONS[si].words}, and \`${unit}\` is no unit of that`,
      choices.length === 0
        ? `Write \`$${name}\` alone.`
        : `${near === null ? "" : `Did you mean \`$${name} in ${near}\`? `}Use one of: ${choices.join(", ")}.`,
    );
  }

  #report(path: FieldPath, what: string, remedy: string): void {
    this.#source.report({ path, what, remedy });
  }
}
