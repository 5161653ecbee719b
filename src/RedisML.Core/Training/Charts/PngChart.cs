using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace RedisML.Training;

/// <summary>Draws a curve as a PNG of one byte a pixel (ISO/IEC 15948), with letters of its own: no library is needed.</summary>
static class PngChart
{
    const int Width = 800, Height = 450, Left = 110, Right = 20, Top = 40, Bottom = 40;
    const int LetterScale = 2;
    const byte Grey = 1, Black = 2, Blue = 3;

    /// <summary>Three dots across and five down a letter, a digit of three bits a line.</summary>
    static readonly Dictionary<char, string> s_letters = new()
    {
        ['0'] = "75557", ['1'] = "26227", ['2'] = "71747", ['3'] = "71717", ['4'] = "55711", ['5'] = "74717", ['6'] = "74757", ['7'] = "71111", ['8'] = "75757",
        ['9'] = "75717", ['.'] = "00002", ['-'] = "00700", ['+'] = "02720", [':'] = "02020", ['_'] = "00007", ['/'] = "11244",
        ['a'] = "25755", ['b'] = "65656", ['c'] = "34443", ['d'] = "65556", ['e'] = "74647", ['f'] = "74644", ['g'] = "34553", ['h'] = "55755", ['i'] = "72227",
        ['j'] = "11152", ['k'] = "55655", ['l'] = "44447", ['m'] = "57755", ['n'] = "65555", ['o'] = "25552", ['p'] = "65644", ['q'] = "25563", ['r'] = "65655",
        ['s'] = "34216", ['t'] = "72222", ['u'] = "55557", ['v'] = "55552", ['w'] = "55775", ['x'] = "55255", ['y'] = "55222", ['z'] = "71247",
    };

    public static byte[] Draw(MetricChart chart)
    {
        var pixels = new byte[Height * Width];
        Write(pixels, chart.Title, (Width - WidthOf(chart.Title)) / 2, 14);
        foreach (double value in chart.ValueTicks)
        {
            Line(pixels, Left, Y(value), Width - Right, Y(value), Grey, 1);
            var text = MetricChart.Text(value);
            Write(pixels, text, Left - 8 - WidthOf(text), Y(value) - 5);
        }
        foreach (long step in chart.StepTicks) Write(pixels, $"{step}", X(step) - WidthOf($"{step}") / 2, Height - Bottom + 10);
        for (int i = 0; i < chart.Points.Count; i++)
        {
            var (from, to) = (chart.Points[Math.Max(0, i - 1)], chart.Points[i]);
            Line(pixels, X(from.Step), Y(from.Value), X(to.Step), Y(to.Value), Blue, 2);
        }
        return Encode(pixels);

        int X(long step) => (int)Math.Round(Left + chart.Across(step) * (Width - Left - Right));
        int Y(double value) => (int)Math.Round(Height - Bottom - chart.Up(value) * (Height - Top - Bottom));
    }

    static int WidthOf(string text) => text.Length * 4 * LetterScale;

    static void Write(byte[] pixels, string text, int x, int y)
    {
        foreach (char letter in text.ToLowerInvariant())
        {
            if (s_letters.TryGetValue(letter, out var lines))
            {
                for (int row = 0; row < 5 * LetterScale; row++)
                {
                    for (int column = 0; column < 3 * LetterScale; column++)
                    {
                        if (((lines[row / LetterScale] - '0') >> (2 - column / LetterScale) & 1) == 1) Dot(pixels, x + column, y + row, Black);
                    }
                }
            }
            x += 4 * LetterScale;
        }
    }

    static void Line(byte[] pixels, int x1, int y1, int x2, int y2, byte colour, int thickness)
    {
        int steps = Math.Max(1, Math.Max(Math.Abs(x2 - x1), Math.Abs(y2 - y1)));
        for (int i = 0; i <= steps; i++)
        {
            for (int t = 0; t < thickness; t++) Dot(pixels, x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps + t, colour);
        }
    }

    static void Dot(byte[] pixels, int x, int y, byte colour)
    {
        if (x >= 0 && x < Width && y >= 0 && y < Height) pixels[y * Width + x] = colour;
    }

    static byte[] Encode(byte[] pixels)
    {
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, Width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), Height);
        (head[8], head[9]) = (8, 3); // 8 bits, by a palette
        Chunk(file, "IHDR", head);
        Chunk(file, "PLTE", [255, 255, 255, 221, 221, 221, 40, 40, 40, 31, 111, 178]);
        var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < Height; row++)
            {
                zlib.WriteByte(0); // no filter
                zlib.Write(pixels, row * Width, Width);
            }
        }
        Chunk(file, "IDAT", data.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    static void Chunk(MemoryStream file, string type, byte[] content)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        file.Write(number);
    }
}
