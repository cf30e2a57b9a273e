//! Line charts as SVG, written by hand: both axes logarithmic, since what grows is looked at by decades.
//!
//! A line that rises by one decade to the right for one decade up grows in proportion; the dotted grid makes that visible. The colours
//! are seen on white and on black, and every line is named at its end, so nobody needs to tell colours apart.

use std::fmt::Write as _;

/// The picture, in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
/// Room for the numbers on the left, the names on the right, the title and the numbers below.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 44.0;
/// Names of lines that end closer together than this are moved apart.
const NAME_HEIGHT: f64 = 14.0;
const COLOURS: [&str; 4] = ["#2a78c8", "#d0602a", "#2f9057", "#9059b8"];
/// Nobody reads more grid lines than this.
const DECADES_MAX: i32 = 12;

/// A chart.
pub(super) struct Chart<'text> {
    pub(super) title: &'text str,
    pub(super) across: &'text str,
    pub(super) lines: Vec<Line>,
}

/// One line, its points from left to right; a logarithm needs them above 0.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// The decades that an axis spans.
#[derive(Clone, Copy)]
struct Axis {
    first: i32,
    last: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Option<Self> {
        let logs: Vec<f64> = values.map(f64::log10).filter(|log| log.is_finite()).collect();
        let lowest = logs.iter().copied().reduce(f64::min)?;
        let highest = logs.iter().copied().reduce(f64::max)?;
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a finite number is small")]
        let (first, last) = (lowest.floor() as i32, highest.ceil() as i32);
        let last = last.max(first + 1).min(first + DECADES_MAX);
        Some(Self { first, last, from, to })
    }

    fn place(self, value: f64) -> f64 {
        let share = (value.log10() - f64::from(self.first)) / f64::from(self.last - self.first);
        self.from + share * (self.to - self.from)
    }

    fn decades(self) -> impl Iterator<Item = (i32, f64)> {
        (self.first..=self.last).map(move |decade| (decade, self.place(10_f64.powi(decade))))
    }
}

impl Chart<'_> {
    /// Returns the SVG; nothing if there is no point.
    pub(super) fn svg(&self) -> Option<String> {
        let points = || self.lines.iter().flat_map(|line| line.points.iter().copied());
        let across = Axis::over(points().map(|point| point.0), LEFT, WIDTH - RIGHT)?;
        let up = Axis::over(points().map(|point| point.1), HEIGHT - BOTTOM, TOP)?;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" \
             font-family=\"sans-serif\" font-size=\"11\" fill=\"#767676\">\n",
            escape(self.title)
        );
        let mut add = |element: String| {
            svg += &element;
            svg.push('\n');
        };
        add(text(LEFT, 20.0, "start", self.title));
        for (decade, x) in across.decades() {
            add(format!(
                "<path d=\"M{x:.1} {TOP}V{:.1}\" stroke=\"#767676\" stroke-opacity=\".3\" stroke-dasharray=\"2 3\"/>",
                HEIGHT - BOTTOM
            ));
            add(text(x, HEIGHT - BOTTOM + 16.0, "middle", &decade_text(decade)));
        }
        for (decade, y) in up.decades() {
            add(format!(
                "<path d=\"M{LEFT} {y:.1}H{:.1}\" stroke=\"#767676\" stroke-opacity=\".3\" stroke-dasharray=\"2 3\"/>",
                WIDTH - RIGHT
            ));
            add(text(LEFT - 6.0, y + 4.0, "end", &decade_text(decade)));
        }
        add(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8.0, "middle", self.across));
        for line in self.drawn(across, up) {
            add(line);
        }
        svg += "</svg>\n";
        Some(svg)
    }

    fn drawn(&self, across: Axis, up: Axis) -> Vec<String> {
        let mut elements = Vec::new();
        let mut names: Vec<(f64, f64, &str, &str)> = Vec::new();
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let places: Vec<(f64, f64)> = line
                .points
                .iter()
                .map(|(x, y)| (across.place(*x), up.place(*y)))
                .collect();
            let Some((end_x, end_y)) = places.last().copied() else {
                continue;
            };
            let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            elements.push(format!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                path.join(" ")
            ));
            elements.extend(
                places
                    .iter()
                    .map(|(x, y)| format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>")),
            );
            names.push((end_y, end_x, &line.name, colour));
        }
        names.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut free = f64::NEG_INFINITY;
        for (y, x, name, colour) in names {
            let y = y.max(free);
            free = y + NAME_HEIGHT;
            elements.push(format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
                x + 8.0,
                y + 4.0,
                escape(name)
            ));
        }
        elements
    }
}

fn text(x: f64, y: f64, anchor: &str, what: &str) -> String {
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escape(what)
    )
}

fn decade_text(decade: i32) -> String {
    match decade {
        0..=6 => format!("{}", 10_u64.pow(decade.unsigned_abs())),
        -3..=-1 => format!("{}", 10_f64.powi(decade)),
        _ => format!("10^{decade}"),
    }
}

fn escape(what: &str) -> String {
    let mut escaped = String::new();
    for character in what.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '"' => escaped.push_str("&quot;"),
            other => write!(escaped, "{other}").unwrap_or_default(),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(lines: &[(&str, &[(f64, f64)])]) -> Option<String> {
        let lines = lines.iter().map(|(name, points)| Line {
            name: (*name).to_owned(),
            points: points.to_vec(),
        });
        Chart {
            title: "A & B",
            across: "events",
            lines: lines.collect(),
        }
        .svg()
    }

    #[test]
    fn a_decade_is_as_wide_wherever_it_is() {
        let axis = Axis::over([1.0, 1_000.0].into_iter(), 0.0, 300.0).unwrap();
        let places: Vec<f64> = [1.0, 10.0, 100.0, 1_000.0].map(|value| axis.place(value)).to_vec();
        for (place, expected) in places.iter().zip([0.0, 100.0, 200.0, 300.0]) {
            assert!((place - expected).abs() < 1e-9, "{places:?}");
        }
    }

    #[test]
    fn one_point_is_a_chart_and_none_is_not() {
        let one = chart(&[("time s", &[(1e5, 2.0)])]).unwrap();
        assert!(one.starts_with("<svg ") && one.ends_with("</svg>\n"), "{one}");
        assert_eq!(one.matches("<circle").count(), 1);
        assert!(one.contains("A &amp; B"));
        assert_eq!(chart(&[("time s", &[])]), None);
        assert_eq!(chart(&[]), None);
    }

    #[test]
    fn names_of_lines_that_end_together_are_apart() {
        let svg = chart(&[("one", &[(1.0, 5.0)]), ("two", &[(1.0, 5.0)])]).unwrap();
        let heights: Vec<&str> = ["one", "two"]
            .iter()
            .map(|name| {
                let line = svg
                    .lines()
                    .find(|line| line.ends_with(&format!(">{name}</text>")))
                    .unwrap();
                line.split("y=\"").nth(1).unwrap().split('"').next().unwrap()
            })
            .collect();
        let heights: Vec<f64> = heights.iter().map(|height| height.parse().unwrap()).collect();
        assert!(heights[1] - heights[0] >= NAME_HEIGHT - 0.1, "{heights:?}");
    }
}
