using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatModels.Testing;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>What is sent: a body, and by how many connections at once.</summary>
internal sealed record Load(string Name, int Connections, byte[] Body)
{
    public const string Key = "bench-client-key";

    private static readonly string Prompt =
        "You are a helpful assistant. Answer in one sentence, in plain words, and say so if you do not know. What is the capital of the country whose flag is a red circle on white?";

    public static Load Chat(int connections) => new($"c={connections}", connections, Json(Prompt, stream: false));

    public static Load Stream(int connections) => new($"stream c={connections}", connections, Json(Prompt, stream: true));

    /// <summary>A prompt of 1 MiB with a line end every 80 characters, as documents have.</summary>
    public static Load Long(int connections) =>
        new($"1 MiB prompts c={connections}", connections, Json(string.Concat(Enumerable.Repeat(new string('x', 79) + "\n", 1024 * 1024 / 80)), stream: false));

    public static byte[] Json(string prompt, bool stream, string model = GatewayTargets.Model) => Encoding.UTF8.GetBytes(
        $$"""{"model":"{{model}}",{{(stream ? "\"stream\":true," : "")}}"temperature":0.2,"messages":[{"role":"user","content":{{JsonSerializer.Serialize(prompt)}}}]}""");

    /// <summary>Sends for <paramref name="length"/> with wrk, a program that costs little itself.</summary>
    public async Task<LoadResult> RunAsync(Target target, TimeSpan length, string directory)
    {
        var script = Path.Combine(directory, $"{Name.Replace(' ', '-')}.lua");
        var body = Path.Combine(directory, $"{Name.Replace(' ', '-')}.json");
        await File.WriteAllBytesAsync(body, Body);
        await File.WriteAllTextAsync(script, $$"""
            local file = io.open("{{body}}", "rb")
            wrk.body = file:read("*a")
            file:close()
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.headers["Authorization"] = "Bearer {{Key}}"
            done = function(summary, latency)
              io.write(string.format("RESULT %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
                summary.errors.connect, summary.errors.read, summary.errors.status, summary.errors.timeout))
            end
            """);
        await using var wrk = TestProcess.Start("wrk", [
            "-t1", Text($"-c{Connections}"), Text($"-d{length.TotalSeconds:0.###}s"), "--timeout", "20s", "-s", script, new Uri(target.Address, "/v1/chat/completions").AbsoluteUri]);
        await wrk.WaitForExitAsync(length + TimeSpan.FromSeconds(60));
        var fields = wrk.Lines.Single(line => line.StartsWith("RESULT ", StringComparison.Ordinal)).Split(' ')[1..].Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return new LoadResult(fields[0], fields[1] / 1e6, fields[2] / 1e3, fields[3] / 1e3, (long)fields[4..].Sum());
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a load saw; latencies in milliseconds.</summary>
internal sealed record LoadResult(double Requests, double Seconds, double P50, double P99, long Errors);
