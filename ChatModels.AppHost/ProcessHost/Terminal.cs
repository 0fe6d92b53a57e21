using System.Text.RegularExpressions;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>Where everything is printed: children's lines behind their aligned names, coloured unless the output is redirected.</summary>
internal sealed partial class Terminal(TextWriter output, bool colours)
{
    private const int NameWidth = 9;
    private const string Red = "\e[31m";
    private const string Plain = "\e[0m";

    private static readonly string[] Palette = ["\e[36m", "\e[32m", "\e[33m", "\e[35m", "\e[34m"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _colours = [];

    public static Terminal OfThisProcess() =>
        new(Console.Out, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public void Line(string text)
    {
        lock (_gate)
        {
            output.WriteLine(text);
        }
    }

    public void Failure(string text) => Line(colours ? Red + text + Plain : text);

    public void ChildLine(string name, string text)
    {
        var padded = name.PadRight(NameWidth);
        lock (_gate)
        {
            output.WriteLine(colours ? $"{ColourOf(name)}{padded}{Plain} {text}" : $"{padded} {Escapes().Replace(text, "")}");
        }
    }

    private string ColourOf(string name)
    {
        if (!_colours.TryGetValue(name, out var colour))
        {
            colour = Palette[_colours.Count % Palette.Length];
            _colours[name] = colour;
        }

        return colour;
    }

    // Colours, and the links that the Aspire CLI prints.
    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e\][^\e\a]*(\e\\|\a)")]
    private static partial Regex Escapes();
}
