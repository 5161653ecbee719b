using RedisML.Charts;
using SkiaSharp;

namespace RedisML.Png;

/// <summary>Draws by Skia, smoothly and on light paper, with a typeface of its own: that of the system may be none.</summary>
sealed class SkiaCanvas(SKCanvas canvas) : ChartCanvas, IDisposable
{
    static readonly SKTypeface s_typeface = Load();

    readonly SKFont _font = new(s_typeface, 12) { Subpixel = true }, _title = new(s_typeface, 16) { Subpixel = true };

    public override void Line(IReadOnlyList<(double X, double Y)> points, ChartColour colour, int thickness, bool isDashed = false)
    {
        using var paint = Paint(colour);
        using var dashes = isDashed ? SKPathEffect.CreateDash([6, 4], 0) : null;
        (paint.Style, paint.StrokeWidth, paint.StrokeJoin, paint.PathEffect) = (SKPaintStyle.Stroke, thickness, SKStrokeJoin.Round, dashes);
        using var path = new SKPathBuilder();
        path.AddPoly([.. points.Select(p => new SKPoint((float)p.X, (float)p.Y))], close: false);
        using var line = path.Detach();
        canvas.DrawPath(line, paint);
    }

    public override void Rectangle(
        double x, double y, double width, double height, ChartColour colour, string? tip = null, double opacity = 1)
    {
        using var paint = Paint(colour);
        paint.Color = paint.Color.WithAlpha((byte)Math.Round(255 * opacity));
        canvas.DrawRect((float)x, (float)y, (float)width, (float)height, paint);
    }

    public override void Write(string text, double x, double y, TextAnchor anchor, bool isTitle)
    {
        using var paint = Paint(ChartColour.Ink);
        var align = anchor switch { TextAnchor.Start => SKTextAlign.Left, TextAnchor.Middle => SKTextAlign.Center, _ => SKTextAlign.Right };
        canvas.DrawText(text, (float)x, (float)y + 4, align, isTitle ? _title : _font, paint);
    }

    public override double WidthOf(string text) => _font.MeasureText(text);

    public void Dispose()
    {
        _font.Dispose();
        _title.Dispose();
    }

    static SKPaint Paint(ChartColour colour) =>
        new() { IsAntialias = true, Color = new SKColor(0xff000000 | ChartPalette.Light(colour)) };

    static SKTypeface Load()
    {
        using var file = typeof(SkiaCanvas).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(file);
    }
}
