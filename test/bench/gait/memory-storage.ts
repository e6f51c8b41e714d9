/** A study in memory, for benches that run hundreds of them and keep none. */
import type { JsonValue } from "../../../src/optimizer/trial.ts";
import type { Storage } from "../../../src/study/storage.ts";
import { RUNNING, type StudyDefinition, type TrialRecord } from "../../../src/study/trial-record.ts";

export function memoryStorage(definition: StudyDefinition): Storage {
  const trials: TrialRecord[] = [];
  const attributes = new Map<string, JsonValue>();
  const change = (trial: number, edit: Partial<TrialRecord>): void => {
    trials[trial] = { ...trials[trial]!, ...edit };
  };
  return {
    location: "memory",
    studies: async () => [{ name: definition.name, trials: trials.length }],
    createStudy: async () => {},
    redefineStudy: async () => {},
    addConstraints: async () => {},
    study: async () => definition,
    trials: async () => [...trials],
    startTrial: async (_study, trial) => {
      const record: TrialRecord = { ...RUNNING, ...trial, number: trials.length };
      trials.push(record);
      return record;
    },
    addReport: async (_study, trial, report) =>
      change(trial, { reports: [...trials[trial]!.reports, report] }),
    replaceReport: async (_study, trial, report) =>
      change(trial, {
        reports: trials[trial]!.reports.map((one) => (one.step === report.step ? report : one)),
      }),
    setRungs: async (_study, trial, rungs) => change(trial, { rungs }),
    finishTrial: async (_study, trial, end) => change(trial, end),
    setChampion: async () => {},
    attribute: async (_study, key) => attributes.get(key),
    setAttribute: async (_study, key, value) => {
      attributes.set(key, value);
    },
    close: async () => {},
  };
}
