/** What the example firmware makes of its sensors agrees with what geometry and physics say of a posture or a motion. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { forwardKinematics, inverseKinematics } from "../../src/gait/leg-kinematics.ts";
import { neutralStance } from "../../src/gait/neutral-stance.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { compileExample, ExampleRobot, type ExampleSensors } from "./c-example-robot.ts";
import { WITHOUT_CC } from "./c-program.ts";

const { robot: ROBOT, gait } = readHardwareConfig(hardwareConfigPath("teensy-elastic-quadruped.yaml"));
const body = gait.body!;
const NEUTRAL = [...neutralStance(body)];
const GRAVITY = 9.81;
/** What the example says of its body and the config does not. */
const HIP_X = 0.12;
const HIP_Y = 0.08;
const FOOT_RADIUS = 0.012;
const STIFFNESS = 2.75;
const PERIOD = 0.01;

/** Angles of four legs with each foot at (x, z) of its hip. */
function legs(feet: readonly (readonly [x: number, z: number])[]): number[] {
  return feet.flatMap(([x, z]) => {
    const angles = { hip: 0, knee: 0 };
    assert.equal(inverseKinematics(body.leg, x, z, angles), 0);
    return [angles.hip, angles.knee];
  });
}

/**
 * Motor angles that press each foot down with a force, N: torques that balance the ground's on the foot, by finite
 * differences of the work it does.
 */
function pressed(link: readonly number[], forces: readonly number[]): number[] {
  const height = (hip: number, knee: number): number => {
    const foot = { x: 0, z: 0 };
    forwardKinematics(body.leg, { hip, knee }, foot);
    return foot.z;
  };
  const step = 1e-6;
  return forces.flatMap((force, leg) => {
    const [hip, knee] = [link[2 * leg]!, link[2 * leg + 1]!];
    const byHip = (height(hip + step, knee) - height(hip - step, knee)) / (2 * step);
    const byKnee = (height(hip, knee + step) - height(hip, knee - step)) / (2 * step);
    return [hip - (force * byHip) / STIFFNESS, knee - (force * byKnee) / STIFFNESS];
  });
}

/** What an accelerometer at rest feels. */
function upward(roll: number, pitch: number): number[] {
  const [x, y, z] = [-Math.sin(pitch), Math.cos(pitch) * Math.sin(roll), Math.cos(pitch) * Math.cos(roll)];
  return [x, y, z].map((part) => GRAVITY * part);
}

const STANDING: ExampleSensors = {
  motor: pressed(NEUTRAL, [8, 8, 8, 8]),
  link: NEUTRAL,
  thermistor: Array(8).fill(0.5),
  acceleration: upward(0, 0),
  turning: [0, 0, 0],
  voltage: 12,
  button: false,
};

const STRIDE = 0.04;
const FOLDED = legs(Array(4).fill([0, -0.1]));

/** Four steps of a trot on feet that stand still, but for their rolling as the shanks turn. */
const WALKED = (() => {
  const [hipBefore, kneeBefore] = legs([[STRIDE / 2, -body.stanceHeight]]) as [number, number];
  const [hipAfter, kneeAfter] = legs([[-STRIDE / 2, -body.stanceHeight]]) as [number, number];
  return 4 * (STRIDE + FOOT_RADIUS * (hipAfter + kneeAfter - hipBefore - kneeBefore));
})();

function near(actual: number | undefined, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual! - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);
}

describe("the example firmware's measurements", { skip: WITHOUT_CC }, () => {
  const program = WITHOUT_CC ? "" : compileExample();
  let robot: ExampleRobot;
  let sensors: ExampleSensors;

  /** One control period in which the sensors say this. */
  const at = async (change: Partial<ExampleSensors>): Promise<ReadonlyMap<string, number>> => {
    sensors = { ...sensors, ...change };
    await robot.sense(sensors);
    await robot.tick();
    return robot.read();
  };

  beforeEach(async () => {
    robot = new ExampleRobot(program);
    sensors = STANDING;
    await robot.sense(sensors);
    await robot.introduce(ROBOT.id);
  });

  afterEach(() => robot.close());

  it("torque is stiffness times the spring's deflection", async () => {
    const link = NEUTRAL.map((angle, joint) => angle + 0.03 * joint - 0.1);
    const deflection = link.map((_, joint) => 0.2 - 0.06 * joint);
    const values = await at({ link, motor: link.map((angle, joint) => angle + deflection[joint]!) });
    ROBOT.joints.forEach((joint, index) => {
      near(values.get(`motor.${joint}.torque`), STIFFNESS * deflection[index]!, 5e-4, joint);
    });
  });

  it("temperature is what the resistance of the thermistor stands for", async () => {
    // What B means: resistance R25 · exp(B · (1/T − 1/T25)), here 10 kΩ and 3950 K, against a resistor of 10 kΩ.
    for (const celsius of [-20, 0, 25, 40, 55, 70, 80, 120]) {
      const ohm = 10_000 * Math.exp(3950 * (1 / (273.15 + celsius) - 1 / 298.15));
      const values = await at({ thermistor: Array(8).fill(ohm / (ohm + 10_000)) });
      for (const joint of ROBOT.joints) near(values.get(`motor.${joint}.temperature`), celsius, 0.02, joint);
    }
    for (const broken of [0, 1, Number.NaN]) {
      const values = await at({ thermistor: Array(8).fill(broken) });
      assert.ok(Number.isNaN(values.get("motor.FR_hip.temperature")), `${broken}`);
    }
  });

  it("speeds are the angles' slopes, from the first frame on, and unknown where an angle is", async () => {
    let values = await at({});
    assert.equal(values.get("motor.FR_hip.velocity"), 0);
    for (let period = 1; period <= 30; period++) {
      const turned = (rate: number, angles: readonly number[]) =>
        angles.map((angle, joint) => angle + rate * (joint - 3) * PERIOD * period);
      values = await at({ motor: turned(0.5, STANDING.motor), link: turned(-0.3, STANDING.link) });
    }
    ROBOT.joints.forEach((joint, index) => {
      near(values.get(`motor.${joint}.velocity`), 0.5 * (index - 3), 0.002, joint);
      near(values.get(`joint.${joint}.velocity`), -0.3 * (index - 3), 0.002, joint);
    });
    const link = sensors.link.map((angle, joint) => (joint === 2 ? Number.NaN : angle));
    values = await at({ link });
    assert.ok(Number.isNaN(values.get("joint.FL_hip.velocity")));
    assert.ok(Number.isNaN(values.get("motor.FL_hip.torque")));
    assert.ok(Number.isNaN(values.get("contact.FL")));
    near(values.get("motor.FL_hip.velocity"), 0.5 * -1, 0.4, "the motor's side");
  });

  it("a foot touches at 4 N and lets go at 2 N, whatever the posture", async () => {
    for (const foot of [
      [0, -0.138],
      [0.05, -0.12],
      [-0.06, -0.1],
    ] as const) {
      const link = legs([foot, foot, foot, foot]);
      const contacts = async (forces: readonly number[]) => {
        const values = await at({ link, motor: pressed(link, forces) });
        return body.legs.map((leg) => values.get(`contact.${leg}`));
      };
      assert.deepEqual(await contacts([0, 0, 0, 0]), [0, 0, 0, 0]);
      assert.deepEqual(await contacts([3.9, 4.1, 3.9, 4.1]), [0, 1, 0, 1]);
      assert.deepEqual(await contacts([3.9, 2.1, -5, 1.9]), [0, 1, 0, 0]);
      assert.deepEqual(await contacts([15, 0, 0, 15]), [1, 0, 0, 1]);
    }
  });

  it("height is the stance's, level and tilted, and follows the legs that stand", async () => {
    let values = await at({});
    near(values.get("trunk.height"), body.stanceHeight + FOOT_RADIUS, 1e-5, "level");
    // Two feet are in the air.
    const link = legs([
      [0, -0.12],
      [0, -0.09],
      [0, -0.09],
      [0, -0.12],
    ]);
    values = await at({ link, motor: pressed(link, [15, 0, 0, 15]) });
    near(values.get("trunk.height"), 0.12 + FOOT_RADIUS, 1e-5, "on two legs");
    values = await at({ motor: link });
    near(values.get("trunk.height"), 0.12 + FOOT_RADIUS, 1e-5, "in the air: above the lowest foot");
    // Nose down by 0.1 rad on level ground: legs vertical in space, shorter in front.
    const pitch = 0.1;
    const [front, rear] = [HIP_X, -HIP_X].map((hipX): [number, number] => {
      const height = 0.13 * Math.cos(pitch) - hipX * Math.sin(pitch);
      // The foot is straight below the hip in space; the trunk's axes are turned.
      return [height * Math.sin(pitch), -height * Math.cos(pitch)];
    }) as [[number, number], [number, number]];
    const tilted = legs([front, front, rear, rear]);
    robot = await restarted({
      link: tilted,
      motor: pressed(tilted, [8, 8, 8, 8]),
      acceleration: upward(0, pitch),
    });
    values = await at({});
    near(values.get("imu.pitch"), pitch, 1e-5, "pitch");
    near(values.get("trunk.height"), 0.13 * Math.cos(pitch) + FOOT_RADIUS, 1e-4, "nose down");
  });

  it("height is right when it leans sideways", async () => {
    const roll = 0.1;
    // Left hips are high when roll is positive.
    const link = legs(
      [-HIP_Y, HIP_Y, -HIP_Y, HIP_Y].map((hipY): [number, number] => [
        0,
        -(0.13 + hipY * Math.sin(roll)) / Math.cos(roll),
      ]),
    );
    robot = await restarted({ link, motor: pressed(link, [8, 8, 8, 8]), acceleration: upward(roll, 0) });
    near((await at({})).get("trunk.height"), 0.13 + FOOT_RADIUS, 1e-4, "leaning");
  });

  it("odometry counts steps forward, is blind to feet in the air, and rolls with the feet", async () => {
    const values = await walk();
    near(values.get("odometry.x"), WALKED, 1e-4, "forward");
    near(values.get("odometry.y"), 0, 1e-6, "sideways");
  });

  it("odometry moves sideways when the trunk leans over its feet", async () => {
    const rate = 0.2;
    let values = await at({});
    for (let period = 1; period <= 50; period++)
      values = await at({ turning: [rate, 0, 0], acceleration: upward(rate * PERIOD * period, 0) });
    near(values.get("imu.roll"), 0.1, 1e-3, "roll");
    // Left and right feet together: what the hips' distance does cancels, the height of the hips remains.
    near(values.get("odometry.y"), -body.stanceHeight * Math.sin(0.1), 2e-4, "y");
    near(values.get("odometry.x"), 0, 1e-5, "x");
  });

  it("yaw is the gyroscope's without its bias, and odometry goes where the robot heads", async () => {
    const bias = [0.05, -0.04, 0.1];
    robot = await restarted({ turning: bias });
    let values = await at({});
    for (let period = 0; period < 250; period++) values = await at({});
    near(values.get("imu.angular_velocity.z"), 0, 1e-3, "bias");
    const start = values.get("odometry.yaw")!;
    for (let period = 0; period < 50; period++)
      values = await at({ turning: [0.05, -0.04, 0.1 + Math.PI / 2] });
    const yaw = values.get("odometry.yaw")!;
    near(yaw - start, Math.PI / 4, 2e-3, "yaw");
    assert.equal(yaw, values.get("imu.yaw"));
    await at({ link: FOLDED, motor: FOLDED, turning: bias });
    const before = await at({});
    values = await walk();
    near(values.get("odometry.x")! - before.get("odometry.x")!, WALKED * Math.cos(yaw), 1e-3, "x");
    near(values.get("odometry.y")! - before.get("odometry.y")!, WALKED * Math.sin(yaw), 1e-3, "y");
  });

  it("height and odometry are unknown without the inertial sensor, and go on with it", async () => {
    await walk();
    let values = await at({ turning: Array(3).fill(Number.NaN), acceleration: Array(3).fill(Number.NaN) });
    for (const name of ["imu.roll", "imu.yaw", "odometry.x", "odometry.y", "trunk.height"])
      assert.ok(Number.isNaN(values.get(name)), name);
    values = await at({ turning: [0, 0, 0], acceleration: upward(0, 0) });
    near(values.get("odometry.x"), WALKED, 1e-4, "x");
    near(values.get("trunk.height"), body.stanceHeight + FOOT_RADIUS, 1e-4, "height");
  });

  it("arming is the start line", async () => {
    for (let period = 0; period < 120; period++) await at({});
    const link = legs(Array(4).fill([-0.02, -0.138]));
    let values = await at({ link, motor: pressed(link, [8, 8, 8, 8]) });
    assert.ok(Math.abs(values.get("odometry.x")!) > 0.01);
    const lease = await robot.ask({ kind: "acquire-lease", owner: "test" });
    assert.ok(lease.kind === "lease");
    robot.session = lease.epoch & 0xffff;
    assert.equal((await robot.ask({ kind: "arm" })).kind, "ack");
    values = await at({});
    near(values.get("odometry.x"), 0, 1e-6, "x");
    near(values.get("odometry.yaw"), 0, 1e-6, "yaw");
  });

  /** From the air: diagonal legs alternate; those that stand go backward under the trunk, the others forward. */
  async function walk(): Promise<ReadonlyMap<string, number>> {
    let values = await at({ link: FOLDED, motor: FOLDED });
    for (let step = 0; step < 4; step++) {
      const stands = (leg: number): boolean => (leg === 0 || leg === 3) === (step % 2 === 0);
      for (let period = 0; period <= 20; period++) {
        const along = STRIDE * (period / 20 - 0.5);
        const link = legs(
          [0, 1, 2, 3].map((leg) => (stands(leg) ? [-along, -body.stanceHeight] : [along, -0.12])),
        );
        values = await at({
          link,
          motor: pressed(
            link,
            [0, 1, 2, 3].map((leg) => (stands(leg) ? 15 : 0)),
          ),
        });
      }
    }
    return values;
  }

  /** The robot, switched on anew with these sensors. */
  async function restarted(change: Partial<ExampleSensors>): Promise<ExampleRobot> {
    await robot.close();
    const anew = new ExampleRobot(program);
    sensors = { ...STANDING, ...change };
    await anew.sense(sensors);
    await anew.introduce(ROBOT.id);
    return anew;
  }
});
