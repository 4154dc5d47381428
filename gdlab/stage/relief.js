// A landscape that turns: an orthographic view of the mesh of quads that relief.py makes.

class Relief {
  constructor({ cells, x, y, z, color }) {
    Object.assign(this, { n: cells, x, y, z: floats(z), color: new Uint8Array(copy(color)) });
    this.picture = document.createElement("canvas");
    [this.turn, this.tilt] = [-0.7, 0.95];
  }

  look(panel, turn = 0, tilt = 0) {
    const [left, top, width, height] = panel.around;
    this.turn += turn;
    this.tilt = clamp(this.tilt + tilt, 0.15, 1.5);
    [this.cx, this.cy] = [left + width / 2, top + height * 0.56];
    this.size = Math.min(width * 0.66, height * 0.78);
    [this.cos, this.sin] = [Math.cos(this.turn), Math.sin(this.turn)];
    [this.flat, this.steep] = [Math.cos(this.tilt), Math.sin(this.tilt)];
    this.stale = true;
  }

  project(x, y, z) {
    const u = (x - this.x[0]) / (this.x[1] - this.x[0]) - 0.5;
    const v = (y - this.y[0]) / (this.y[1] - this.y[0]) - 0.5;
    const depth = u * this.sin + v * this.cos;
    return [
      this.cx + this.size * (u * this.cos - v * this.sin),
      this.cy - this.size * (depth * this.flat + (z - 0.4) * 0.55 * this.steep),
      depth,
    ];
  }

  draw(ctx, panel, scale) {
    const { picture } = this;
    const { width, height } = ctx.canvas;
    if (this.stale || picture.width !== width || picture.height !== height) {
      Object.assign(picture, { width, height }); // also wipes it
      this.paint(picture.getContext("2d"), scale);
      this.stale = false;
    }
    ctx.fillStyle = "#fff";
    const [left, top, w, h] = panel.around;
    ctx.fillRect(left - 3, top - 3, w + 6, h + 6); // the edge of the map, too
    ctx.drawImage(picture, 0, 0, width / scale, height / scale);
  }

  paint(ctx, scale) {
    const n = this.n;
    const row = n + 1;
    const at = ([low, high], i) => low + (i / n) * (high - low);
    const corners = Array.from(this.z, (z, i) =>
      this.project(at(this.x, i % row), at(this.y, Math.floor(i / row)), z),
    );
    const quads = Array.from({ length: n * n }, (_, q) => Math.floor(q / n) * row + (q % n));
    quads.sort((a, b) => corners[b][2] - corners[a][2]); // the farthest first
    ctx.scale(scale, scale);
    ctx.lineWidth = 0.6;
    ctx.strokeStyle = "rgba(255, 255, 255, 0.75)";
    for (const i of quads) {
      const c = 3 * (Math.floor(i / row) * n + (i % row));
      ctx.fillStyle = `rgb(${this.color.subarray(c, c + 3).join(" ")})`;
      ctx.beginPath();
      for (const j of [i, i + 1, i + row + 1, i + row]) ctx.lineTo(corners[j][0], corners[j][1]);
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
    }
    ctx.fillStyle = "#5b6270";
    ctx.font = "italic 15px Georgia, 'DejaVu Serif', serif";
    const half = n >> 1;
    const beside = -0.06 * n; // the names of the axes stand beside the edges
    const [ax, ay] = this.project(at(this.x, half), at(this.y, beside), this.z[half]);
    const [bx, by] = this.project(at(this.x, beside), at(this.y, half), this.z[half * row]);
    ctx.fillText("x", ax - 4, ay + 4);
    ctx.fillText("y", bx - 4, by + 4);
  }
}
