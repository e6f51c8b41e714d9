/** The right name nearest to a misspelt one, for "did you mean". */

/**
 * @returns the name with the fewest edits (insert, delete, replace, swap of neighbours: optimal string alignment),
 * when they are few enough to be a slip of the finger; else the only name that contains it; else null
 */
export function nearestName(written: string, names: readonly string[]): string | null {
  let nearest: string | null = null;
  let fewest = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of names) {
    const edits = plain(name) === plain(written) ? 0 : editDistance(plain(written), plain(name));
    if (edits < fewest) {
      fewest = edits;
      nearest = name;
    }
  }
  return (
    nearest ?? onlyOne(names.filter((name) => written.length > 3 && plain(name).includes(plain(written))))
  );
}

function onlyOne(names: readonly string[]): string | null {
  return names.length === 1 ? names[0]! : null;
}

/** `rampIn`, `ramp-in` and `ramp_in` are the same slip. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/gu, "");
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replace = last[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let edits = Math.min(replace, last[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, beforeLast[column - 2]! + 1);
      }
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
