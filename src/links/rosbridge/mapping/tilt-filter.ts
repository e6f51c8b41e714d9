/**
 * Roll and pitch from an accelerometer and a gyroscope: the explicit complementary filter of R. Mahony, T. Hamel and
 * J.-M. Pflimlin, "Nonlinear Complementary Filters on the Special Orthogonal Group", IEEE Transactions on Automatic
 * Control 53(5), 2008, section V, with one measured direction, up. Without a heading the direction alone is the state:
 * the estimate v̂ turns with the gyroscope, and k (v × v̂) pulls it towards the accelerometer's v. The gyroscope's bias is
 * not estimated: a bias b leaves a tilt error of b/k, 0.3° for 0.01 rad/s.
 */

/** 1/k, s: what is quicker comes from the gyroscope, what is slower from the accelerometer. */
export const TIME_CONSTANT = 0.5;
/** After a longer gap between samples, s, what was known is old, and it begins anew. */
const LONGEST_GAP = 0.25;
/** m/s²: in free fall there is no up. */
const FREE_FALL = 1;

export class TiltFilter {
  /** rad; NaN until there was a good sample, and after a bad one. */
  roll = Number.NaN;
  pitch = Number.NaN;
  #x = 0;
  #y = 0;
  #z = 0;
  #last = Number.NaN;

  /**
   * @param a specific force in the body's frame, m/s²: (0, 0, 9.81) when standing still
   * @param w angular velocity in the body's frame, rad/s
   * @param time of the sample, s
   */
  update(ax: number, ay: number, az: number, wx: number, wy: number, wz: number, time: number): void {
    const force = Math.sqrt(ax * ax + ay * ay + az * az);
    if (!Number.isFinite(force + wx + wy + wz + time)) {
      this.roll = this.pitch = Number.NaN;
      return;
    }
    const step = time - this.#last;
    if (step > 0 && step <= LONGEST_GAP) this.#turn(ax, ay, az, force, wx, wy, wz, step);
    else if (!this.#begin(ax, ay, az, force)) return;
    this.#last = time;
    this.roll = Math.atan2(this.#y, this.#z);
    this.pitch = Math.atan2(-this.#x, Math.hypot(this.#y, this.#z));
  }

  /** Up is where the accelerometer says. */
  #begin(ax: number, ay: number, az: number, force: number): boolean {
    if (force < FREE_FALL) {
      this.roll = this.pitch = Number.NaN;
      return false;
    }
    this.#x = ax / force;
    this.#y = ay / force;
    this.#z = az / force;
    return true;
  }

  #turn(
    ax: number,
    ay: number,
    az: number,
    force: number,
    wx: number,
    wy: number,
    wz: number,
    step: number,
  ): void {
    const [x, y, z] = [this.#x, this.#y, this.#z];
    // What stands still in the world turns against the body: Rodrigues' formula about −ω, with sin(θ)/θ and (1 − cos θ)/θ².
    const [rx, ry, rz] = [wx * step, wy * step, wz * step];
    const square = rx * rx + ry * ry + rz * rz;
    const angle = Math.sqrt(square);
    const sine = angle < 1e-6 ? 1 : Math.sin(angle) / angle;
    const versine = angle < 1e-6 ? 0.5 : (1 - Math.cos(angle)) / square;
    const along = versine * (rx * x + ry * y + rz * z);
    const cosine = 1 - versine * square;
    const px = cosine * x - sine * (ry * z - rz * y) + along * rx;
    const py = cosine * y - sine * (rz * x - rx * z) + along * ry;
    const pz = cosine * z - sine * (rx * y - ry * x) + along * rz;
    // The correction turns it in the plane of both: −(v × v̂) × v̂ = v − (v·v̂) v̂.
    const k = force < FREE_FALL ? 0 : step / (TIME_CONSTANT * force);
    const agreement = ax * px + ay * py + az * pz;
    const nx = px + k * (ax - agreement * px);
    const ny = py + k * (ay - agreement * py);
    const nz = pz + k * (az - agreement * pz);
    const length = Math.hypot(nx, ny, nz);
    this.#x = nx / length;
    this.#y = ny / length;
    this.#z = nz / length;
  }
}
