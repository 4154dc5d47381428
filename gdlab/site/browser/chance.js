// Chance as NumPy has it: default_rng(seed), so that a seed means the same batches and the same
// noise on a page as in a notebook, the normal ones to thirteen digits. Sources: O'Neill (2014) for the generator PCG64, her
// seed_seq_fe for the seed, Marsaglia and Tsang (2000) for the normal distribution.
// tests/browser/test_site_scenes.py holds it to NumPy.

const bits = (value, count) => BigInt.asUintN(count, value);
const STEP = (2549297995355413924n << 64n) | 4865540595714422341n;

// What a seed, a whole number or a list of them, becomes: so many words of 32 bits.
function seedWords(seed, count) {
  const pool = [];
  const given = [seed].flat().flatMap(wordsOf);
  const hash = (factor, by) => (value) => {
    const mixed = value ^ factor;
    factor = Math.imul(factor, by);
    const product = Math.imul(mixed, factor);
    return product ^ (product >>> 16);
  };
  const stir = hash(0x43b0d7e5, 0x931e8875);
  const pour = hash(0x8b51f9dd, 0x58f38ded);
  const mix = (a, b) => {
    const sum = Math.imul(0xca01f9dd, a) - Math.imul(0x4973f715, b);
    return (sum | 0) ^ ((sum | 0) >>> 16);
  };
  for (let i = 0; i < 4; i++) pool.push(stir(given[i] ?? 0));
  for (let from = 0; from < Math.max(4, given.length); from++) {
    for (let to = 0; to < 4; to++) {
      if (from !== to) pool[to] = mix(pool[to], stir(from < 4 ? pool[from] : given[from]));
    }
  }
  return Array.from({ length: count }, (_, i) => pour(pool[i % 4]) >>> 0);
}

function wordsOf(number) {
  const words = [];
  for (let rest = number; rest > 0 || !words.length; rest = Math.floor(rest / 2 ** 32)) {
    words.push(rest % 2 ** 32);
  }
  return words;
}

class Chance {
  constructor(seed) {
    const words = seedWords(seed, 8).map(BigInt);
    const whole = (i) => words[i] | (words[i + 1] << 32n);
    this.increment = bits((((whole(4) << 64n) | whole(6)) << 1n) | 1n, 128);
    this.state = bits(
      (this.increment + ((whole(0) << 64n) | whole(2))) * STEP + this.increment,
      128,
    );
    this.half = null; // the upper half of a number of which the lower one was used
  }

  // 64 random bits.
  next() {
    this.state = bits(this.state * STEP + this.increment, 128);
    const high = this.state >> 64n;
    const turn = high >> 58n;
    const mixed = bits(high ^ this.state, 64);
    return bits((mixed >> turn) | (mixed << (64n - turn)), 64);
  }

  // Uniform on [0, 1).
  random() {
    return Number(this.next() >> 11n) / 2 ** 53;
  }

  // 32 random bits.
  word() {
    const { half } = this;
    const both = half === null ? this.next() : 0n;
    this.half = half === null ? Number(both >> 32n) : null;
    return half ?? Number(bits(both, 32));
  }

  // A whole number from 0 to `top`: as many bits as it may have, until they are small enough.
  upTo(top) {
    const mask = 2 ** (32 - Math.clz32(top)) - 1;
    for (;;) {
      const drawn = (this.word() & mask) >>> 0;
      if (drawn <= top) return drawn;
    }
  }

  // 0 … n − 1 in a random order.
  permutation(n) {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.upTo(i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  // N(0, 1), by strips of equal area under its bell.
  normal() {
    for (;;) {
      const drawn = this.next();
      const strip = Number(drawn & 255n);
      const share = Number((drawn >> 9n) & 0xfffffffffffffn);
      const size = share * BELL.width[strip];
      const x = (drawn >> 8n) & 1n ? -size : size;
      if (share < BELL.inside[strip]) return x;
      if (!strip) return this.tail(share);
      const [above, below] = [BELL.height[strip - 1], BELL.height[strip]];
      if ((above - below) * this.random() + below < Math.exp(-0.5 * x * x)) return x;
    }
  }

  // Beyond the last strip.
  tail(share) {
    for (;;) {
      const x = -Math.log1p(-this.random()) / BELL.end;
      const y = -Math.log1p(-this.random());
      if (y + y > x * x) return Math.floor(share / 256) % 2 ? -(BELL.end + x) : BELL.end + x;
    }
  }
}

// The 256 strips: where the rightmost ends, how wide each is, how much of it lies inside for sure.
const BELL = (() => {
  const end = 3.654152885361009;
  const area = 0.004928673233974655;
  const whole = 2 ** 52;
  const bell = (x) => Math.exp(-0.5 * x * x);
  const width = new Float64Array(256);
  const height = new Float64Array(256);
  const inside = new Float64Array(256);
  [width[0], height[0], inside[0]] = [
    area / bell(end) / whole,
    1,
    Math.floor(((end * bell(end)) / area) * whole),
  ];
  for (let i = 255, x = end; i > 0; i--) {
    [width[i], height[i]] = [x / whole, bell(x)];
    const next = Math.sqrt(-2 * Math.log(area / x + height[i]));
    inside[i] = i > 1 ? Math.floor((next / x) * whole) : 0;
    x = next;
  }
  return { end, width, height, inside };
})();

// Batches of n samples, shuffled anew for every epoch: the next one at each call. See sampling.py.
function miniBatches(n, size, seed) {
  const chance = new Chance(seed);
  let order = [];
  return () => {
    if (!order.length) order = chance.permutation(n);
    return order.splice(0, size);
  };
}
