import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { StoreReserve } from "../../src/study/store-reserve.ts";
import { sqlitePlace } from "./sqlite-place.ts";

const full = (): GaitsmithError => {
  const cause = Object.assign(new Error("database or disk is full"), { errcode: 13 });
  return new GaitsmithError("STORE_FAILED", { what: "the disk is full", cause });
};

it("room is kept while a study is open, and given to what a walk has to store", async () => {
  const place = sqlitePlace();
  const storage = await place.open();
  const path = `${place.file}-reserve`;
  assert.equal(statSync(path).size, 256 * 1024);
  await storage.close();
  assert.ok(!existsSync(path));

  const reserve = new StoreReserve(place.file);
  let room = 0;
  const write = reserve.for(async (value: number) => {
    if (existsSync(path) || room-- <= 0) throw full();
    return value;
  });
  room = 1;
  assert.equal(await write(7), 7);
  await assert.rejects(write(8), { code: "STORE_FAILED" });
  await place.remove();
});

it("a write that fails for another reason is not tried again", async () => {
  const place = sqlitePlace();
  const reserve = new StoreReserve(place.file);
  let tries = 0;
  const write = reserve.for(async () => {
    tries++;
    throw new GaitsmithError("STORE_BUSY", { what: "locked" });
  });
  await assert.rejects(write(), { code: "STORE_BUSY" });
  assert.equal(tries, 1);
  reserve.release();
  await place.remove();
});
