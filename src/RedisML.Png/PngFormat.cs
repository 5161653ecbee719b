using RedisML.Charts;
using SkiaSharp;

namespace RedisML.Png;

/// <summary>PNG, two pixels a pixel of the drawing, so that it can be printed.</summary>
sealed class PngFormat : IPictureFormat
{
    const int Scale = 2;

    public string Extension => ".png";

    public byte[] Draw(Chart chart)
    {
        var (width, height) = chart.Size;
        using var bitmap = new SKBitmap(width * Scale, height * Scale);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(Scale);
            using var drawing = new SkiaCanvas(canvas);
            drawing.Rectangle(0, 0, width, height, ChartColour.Paper);
            chart.Draw(drawing);
        }
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }
}
