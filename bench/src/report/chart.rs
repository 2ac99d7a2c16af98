//! Bars as SVG, without a library: a page that shows them needs nothing else.

use super::{Figure, Goal, Report, Unit, table::shown};

const WIDTH: f64 = 960.0;
const LABEL: f64 = 420.0;
const BAR: f64 = 360.0;
const ROW: f64 = 24.0;
const HEAD: f64 = 48.0;

struct Bar {
    label: String,
    /// Of the longest that is drawn.
    share: f64,
    caption: String,
    is_good: bool,
}

/// How much of its goal each figure reaches; the line is the goal.
pub fn goals(report: &Report) -> String {
    let bars = report.figures.iter().filter_map(|figure| {
        let reached = match figure.goal {
            Goal::None => return None,
            Goal::AtLeast(least) => figure.median / least,
            Goal::AtMost(most) => most / figure.median.max(f64::MIN_POSITIVE),
        };
        let is_good = figure.goal.is_reached(figure.median) == Some(true);
        // Half of the width is the goal; what is far beyond ends at the edge.
        Some(Bar {
            label: label(figure),
            share: reached.clamp(0.0, 2.0) / 2.0,
            caption: caption(figure),
            is_good,
        })
    });
    draw("Figures beside their goals (the line)", &bars.collect::<Vec<_>>(), Some(0.5))
}

/// What a second of the server's CPU does, the bare loops' too.
pub fn per_cpu_second(report: &Report) -> String {
    let is_it = |figure: &&Figure| figure.unit == Unit::PerSecond && figure.name.contains("per CPU second");
    let figures: Vec<_> = report.figures.iter().filter(is_it).collect();
    let most = figures.iter().map(|figure| figure.median).fold(f64::MIN_POSITIVE, f64::max);
    let bars = figures.iter().map(|figure| Bar {
        label: label(figure),
        share: figure.median / most,
        caption: caption(figure),
        is_good: figure.server.is_some(),
    });
    draw("Per second of the server's CPU (grey: bare loops)", &bars.collect::<Vec<_>>(), None)
}

fn label(figure: &Figure) -> String {
    format!("{}: {}", figure.scenario, figure.name)
}

fn caption(figure: &Figure) -> String {
    let server = figure.server.as_ref().map(|server| format!(" {server}")).unwrap_or_default();
    format!("{}{server}", shown(figure.unit, figure.median))
}

#[expect(clippy::cast_precision_loss, reason = "a chart has few rows")]
fn draw(title: &str, bars: &[Bar], mark: Option<f64>) -> String {
    let height = HEAD + ROW * bars.len() as f64 + 16.0;
    let rows = bars.iter().enumerate().map(|(index, bar)| {
        let y = HEAD + ROW * index as f64;
        let (text, width) = (y + 12.0, (bar.share * BAR).max(1.0));
        let colour = if bar.is_good { "#2f7d4f" } else { "#8a8f98" };
        format!(
            "<text x=\"8\" y=\"{text}\">{}</text>\
             <rect x=\"{LABEL}\" y=\"{y}\" width=\"{width:.1}\" height=\"16\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{text}\">{}</text>\n",
            escaped(&bar.label),
            LABEL + width + 6.0,
            escaped(&bar.caption),
        )
    });
    let mark = mark.map_or_else(String::new, |share| {
        let x = LABEL + share * BAR;
        format!("<line x1=\"{x}\" x2=\"{x}\" y1=\"{}\" y2=\"{height}\" stroke=\"#c0392b\"/>\n", HEAD - 8.0)
    });
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"8\" y=\"24\" font-size=\"16\">{}</text>\n{}{mark}</svg>\n",
        escaped(title),
        rows.collect::<String>(),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_names_cannot_break_the_picture() {
        let bar = Bar { label: "a < b & c".into(), share: 0.5, caption: "1/s".into(), is_good: true };
        let svg = draw("title", &[bar], None);
        assert!(svg.contains("width=\"180.0\""), "{svg}");
        assert!(svg.contains("a &lt; b &amp; c"), "{svg}");
    }
}
