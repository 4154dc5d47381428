"""Whether all of a lab that is used together is seen together, in a notebook and on a page."""

# What does not fit, in words; the empty string once everything is as it should be.
MISFIT = """([lab, phone]) => {
    const above = document.querySelector('.bar')?.offsetHeight ?? 0;
    const notebook = document.querySelector('.jp-WindowedPanel-outer');
    const visible = notebook?.clientHeight ?? innerHeight - above;
    const rows = lab.querySelector('.gd-rows'), picture = lab.querySelector('.gd-board');
    const box = (part) => part.getBoundingClientRect(), words = [];
    if (lab.offsetHeight > visible) words.push(`${lab.offsetHeight} of ${visible} pixels high`);
    if (lab.scrollWidth > lab.clientWidth + 1) words.push('wider than its place');
    const high = picture.offsetHeight;
    if (high < 190) words.push(`picture ${high} high`);
    if (picture.offsetWidth > box(picture.parentNode).width + 1) words.push('picture cut off');
    for (const one of lab.querySelectorAll('.gd-value')) {
        if (one.offsetParent && box(one).right > box(rows).right + 1) words.push('box cut off');
    }
    for (const track of lab.querySelectorAll('.gd-track')) {
        const long = track.offsetWidth, enough = phone ? 0.7 * lab.clientWidth : 60;
        if (track.offsetParent && long < enough) words.push(`track ${long}`);
    }
    for (const row of rows?.children ?? []) {
        const cut = row.scrollHeight - row.clientHeight;
        if (row.clientHeight && cut > 1) words.push(`${cut} pixels of ${row.innerText} cut off`);
    }
    const hidden = rows ? rows.scrollHeight - rows.clientHeight : 0;
    if (!phone && hidden > 1) words.push(`${hidden} pixels of the sliders hidden`);
    const little = Math.min(60, rows?.scrollHeight); // of what there is to see
    if (phone && rows?.clientHeight < little) words.push(`${rows.clientHeight} for the sliders`);
    return words.join(', ');
}"""


def fits(lab, phone=False):
    """Wait until a lab fits; after four seconds say what does not."""
    for _ in range(40):
        misfit = lab.evaluate(f"(lab, phone) => ({MISFIT})([lab, phone])", phone)
        if not misfit:
            return
        lab.page.wait_for_timeout(100)
    raise AssertionError(f"{lab.page.viewport_size}: {misfit}")
