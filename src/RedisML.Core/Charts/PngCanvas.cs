using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace RedisML.Charts;

/// <summary>Draws a PNG of one byte a pixel (ISO/IEC 15948), with letters of its own: no library is needed.</summary>
sealed class PngCanvas(int width, int height) : ChartCanvas
{
    const int LetterScale = 2, LetterWidth = 4 * LetterScale, LetterHeight = 5 * LetterScale;

    /// <summary>Red, green and blue of each <see cref="ChartColour"/>.</summary>
    static readonly byte[] s_palette =
    [
        255, 255, 255, 221, 221, 221, 40, 40, 40, 0, 114, 178, 213, 94, 0, 0, 158, 115, 170, 68, 153, 86, 180, 233,
    ];

    /// <summary>Three dots across and five down a letter, a digit of three bits a line.</summary>
    static readonly Dictionary<char, string> s_letters = new()
    {
        ['0'] = "75557", ['1'] = "26227", ['2'] = "71747", ['3'] = "71717", ['4'] = "55711", ['5'] = "74717", ['6'] = "74757",
        ['7'] = "71111", ['8'] = "75757",
        ['9'] = "75717", ['.'] = "00002", ['-'] = "00700", ['+'] = "02720", [':'] = "02020", ['_'] = "00007", ['/'] = "11244",
        ['%'] = "51245", ['('] = "12221", [')'] = "42224", [','] = "00024", ['='] = "07070", ['<'] = "12421", ['>'] = "42124",
        ['\''] = "22000", ['#'] = "57575",
        ['…'] = "00005", ['?'] = "61202", [' '] = "00000",
        ['a'] = "25755", ['b'] = "65656", ['c'] = "34443", ['d'] = "65556", ['e'] = "74647", ['f'] = "74644", ['g'] = "34553",
        ['h'] = "55755", ['i'] = "72227",
        ['j'] = "11152", ['k'] = "55655", ['l'] = "44447", ['m'] = "57755", ['n'] = "65555", ['o'] = "25552", ['p'] = "65644",
        ['q'] = "25563", ['r'] = "65655",
        ['s'] = "34216", ['t'] = "72222", ['u'] = "55557", ['v'] = "55552", ['w'] = "55775", ['x'] = "55255", ['y'] = "55222",
        ['z'] = "71247",
    };

    readonly byte[] _pixels = new byte[height * width];

    public override void Line(IReadOnlyList<(double X, double Y)> points, ChartColour colour, int thickness)
    {
        for (int i = 0; i < points.Count; i++)
        {
            var (from, to) = (points[Math.Max(0, i - 1)], points[i]);
            Line(Round(from.X), Round(from.Y), Round(to.X), Round(to.Y), colour, thickness);
        }
    }

    public override void Rectangle(double x, double y, double width, double height, ChartColour colour, string? tip = null)
    {
        for (int row = Round(y); row < Round(y + height); row++)
            for (int column = Round(x); column < Round(x + width); column++) Dot(column, row, colour);
    }

    public override void Write(string text, double x, double y, TextAnchor anchor, bool isTitle)
    {
        int left = Round(anchor switch { TextAnchor.Start => x, TextAnchor.Middle => x - WidthOf(text) / 2, _ => x - WidthOf(text) });
        foreach (char letter in text.ToLowerInvariant())
        {
            var lines = s_letters.GetValueOrDefault(letter, s_letters['?']);
            for (int row = 0; row < LetterHeight; row++)
                for (int column = 0; column < 3 * LetterScale; column++)
                    if (((lines[row / LetterScale] - '0') >> (2 - column / LetterScale) & 1) == 1)
                        Dot(left + column, Round(y) - LetterHeight / 2 + row, ChartColour.Ink);
            left += LetterWidth;
        }
    }

    public override double WidthOf(string text) => text.Length * LetterWidth;

    public byte[] ToFile()
    {
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, 3); // 8 bits, by a palette
        Append(file, "IHDR", head);
        Append(file, "PLTE", s_palette);
        var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < height; row++)
            {
                zlib.WriteByte(0); // no filter
                zlib.Write(_pixels, row * width, width);
            }
        }
        Append(file, "IDAT", data.ToArray());
        Append(file, "IEND", []);
        return file.ToArray();
    }

    static void Append(MemoryStream file, string type, byte[] content)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(body));
        file.Write(number);
    }

    static int Round(double value) => (int)Math.Round(value);

    void Line(int x1, int y1, int x2, int y2, ChartColour colour, int thickness)
    {
        int steps = Math.Max(1, Math.Max(Math.Abs(x2 - x1), Math.Abs(y2 - y1)));
        for (int i = 0; i <= steps; i++)
            for (int t = 0; t < thickness; t++) Dot(x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps + t, colour);
    }

    void Dot(int x, int y, ChartColour colour)
    {
        if (x >= 0 && x < width && y >= 0 && y < height) _pixels[y * width + x] = (byte)colour;
    }
}
