#:property PublishAot=false
#:property JsonSerializerIsReflectionEnabledByDefault=true

// Writes what our telemetry is held against: the GenAI conventions' metrics and spans, and the attributes that they and we use, as one JSON file.
// The conventions' documents are read rather than their YAML, since the buckets of the histograms are nowhere else.
// Usage: dotnet run eng/conventions/generate.cs -- GENAI GENERAL FILE
//   GENAI    a checkout of open-telemetry/semantic-conventions-genai
//   GENERAL  a checkout of open-telemetry/semantic-conventions
//   FILE     tests/ChatModels.Tests/Telemetry/conventions.json
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

if (args is not [var genAI, var general, var file])
{
    Console.Error.WriteLine("Usage: dotnet run eng/conventions/generate.cs -- GENAI GENERAL FILE");
    return 1;
}

// The operations that the product has; what else the conventions describe is not held against anything.
string[] spanTypes = ["gen_ai.inference.client", "gen_ai.embeddings.client"];
var metricsPage = Read(genAI, "docs/gen-ai/gen-ai-metrics.md");
var spansPage = Read(genAI, "docs/gen-ai/gen-ai-spans.md");
var conventions = new
{
    sources = new[] { Source("semantic-conventions-genai", genAI), Source("semantic-conventions", general) },
    metrics = Sections(metricsPage, @"^### Metric: `([^`]+)`").ToDictionary(s => s.Name, s => Metric(s.Text)),
    spans = Sections(spansPage, @"^<!-- weaver .*\.type == ""([^""]+)""").Where(s => spanTypes.Contains(s.Name)).ToDictionary(s => s.Name, s => Span(s.Text)),
    attributes = new SortedDictionary<string, object>(
        Registry(genAI, "gen-ai").Concat(Registry(general, "error")).Concat(Registry(general, "server")).Concat(Registry(general, "http")).ToDictionary(), StringComparer.Ordinal),
};

var options = new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
File.WriteAllText(file, JsonSerializer.Serialize(conventions, options) + "\n");
Console.WriteLine($"{file}: {conventions.metrics.Count} metrics, {conventions.spans.Count} spans, {conventions.attributes.Count} attributes");
return 0;

static object Source(string repository, string checkout) => new { repository = $"open-telemetry/{repository}", commit = Git(checkout, "rev-parse", "HEAD") };

static object Metric(string text) => new
{
    instrument = One(text, @"^\| `[^`]+` \| (\w+) \|"),
    unit = One(text, @"^\| `[^`]+` \| \w+ \| `([^`]+)` \|"),
    buckets = One(text, @"ExplicitBucketBoundaries\] of\s+\[([^\]]+)\]").Split(',').Select(number => JsonSerializer.Deserialize<decimal>(number.Trim())).ToArray(),
    attributes = Levels(text),
};

static object Span(string text) => new
{
    name = One(text, @"\*\*Span name\*\* SHOULD be `([^`]+)`"),
    kinds = Regex.Matches(One(text, @"\*\*Span kind\*\* SHOULD be ([^.]+)\."), "`([A-Z]+)`").Select(match => match.Groups[1].Value).Distinct().ToArray(),
    attributes = Levels(text),
};

// Rows of the tables of attributes: | [`key`](link) | stability | `level` when ... | type | ...
static SortedDictionary<string, string> Levels(string text) => new(
    Regex.Matches(text, @"^\| \[`([^`]+)`\]\([^)]*\) \| [^|]+ \| `([^`]+)`", RegexOptions.Multiline).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value), StringComparer.Ordinal);

// Rows of an attribute registry: | <a ...>`key`</a> | stability | type | ..., and below them tables of the values that some have.
static IEnumerable<KeyValuePair<string, object>> Registry(string checkout, string name)
{
    var text = Read(checkout, $"docs/registry/attributes/{name}.md");
    var deprecated = Regex.Match(text, "^## Deprecated", RegexOptions.Multiline);
    text = deprecated.Success ? text[..deprecated.Index] : text;
    var values = Sections(text, @"^`([^`]+)` has the following list of well-known values").ToDictionary(
        s => s.Name, s => Regex.Matches(s.Text, @"^\| `([^`]+)` \|", RegexOptions.Multiline).Select(row => row.Groups[1].Value).ToArray());
    return Regex.Matches(text, @"^\| <a [^>]+>`([^`]+)`</a> \| [^|]+ \| ([^|]+?) \|", RegexOptions.Multiline)
        .Select(row => KeyValuePair.Create<string, object>(row.Groups[1].Value, new { type = row.Groups[2].Value, values = values.GetValueOrDefault(row.Groups[1].Value, []) }));
}

static IEnumerable<(string Name, string Text)> Sections(string text, string heading)
{
    var headings = Regex.Matches(text, heading, RegexOptions.Multiline);
    return headings.Select((match, i) => (match.Groups[1].Value, text[match.Index..(i + 1 < headings.Count ? headings[i + 1].Index : text.Length)]));
}

static string One(string text, string pattern) =>
    Regex.Match(text, pattern, RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value : throw new FormatException($"The document has changed: nothing is like {pattern} in\n{text}");

static string Read(string checkout, string path)
{
    // Only what the commit has: the file names it.
    return Git(checkout, "show", $"HEAD:{path}");
}

static string Git(string checkout, params string[] arguments)
{
    using var git = Process.Start(new ProcessStartInfo("git", ["-C", checkout, .. arguments]) { RedirectStandardOutput = true })!;
    var output = git.StandardOutput.ReadToEnd();
    git.WaitForExit();
    return git.ExitCode == 0 ? output.TrimEnd() : throw new InvalidOperationException($"git {string.Join(' ', arguments)} failed in {checkout}");
}
