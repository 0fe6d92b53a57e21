using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ChatModels.Benchmarks.Fleet;
using ChatModels.Benchmarks.Gateway;
using ChatModels.Benchmarks.Gateway.Servers;
using ChatModels.Testing;

namespace ChatModels.Benchmarks.Telemetry;

/// <summary>The Api four times, each with another level of telemetry and otherwise alike: two upstreams behind them, one at once and one after 20 ms, and a sink for each that sends spans.</summary>
internal sealed class TelemetryTargets : IAsyncDisposable
{
    public const string Delayed = "bench-delayed";

    /// <summary>What the others are held against.</summary>
    public const string Off = "off";

    private const string Delay = "20";

    public static readonly string[] Levels = [Off, "metrics", "sampled", "all"];

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly HttpClient _http = new() { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", GatewayTargets.AdminKey) } };
    private readonly Dictionary<string, Uri> _sinks = [];

    public required string Directory { get; init; }

    /// <summary>One for each of <see cref="Levels"/>, which it is called by.</summary>
    public IReadOnlyList<Target> All { get; private set; } = [];

    public static async Task<TelemetryTargets> StartAsync()
    {
        var targets = new TelemetryTargets { Directory = System.IO.Directory.CreateTempSubdirectory("telemetry-bench-").FullName };
        try
        {
            var upstream = await targets.ServerAsync("upstream", "upstream");
            var delayed = await targets.ServerAsync("delayed", "upstream", Delay);
            foreach (var level in Levels)
            {
                var sink = await targets.ServerAsync($"sink of {level}", "sink");
                targets._sinks[level] = sink.Address;
                var api = await targets.ApiAsync(level, sink.Address);
                targets.All = [.. targets.All, api];
                await targets.RegisterAsync(api, upstream, GatewayTargets.Model);
                await targets.RegisterAsync(api, delayed, Delayed);
            }

            return targets;
        }
        catch
        {
            await targets.DisposeAsync();
            throw;
        }
    }

    /// <summary>The spans that have arrived from a target so far.</summary>
    public async Task<long> SpansAsync(Target target) => long.Parse(await _http.GetStringAsync(new Uri(_sinks[target.Name], "/spans")), CultureInfo.InvariantCulture);

    public Uri SinkOf(string level) => _sinks[level];

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
        {
            await started.DisposeAsync();
        }

        _http.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task<Target> ServerAsync(string name, string kind, params string[] more)
    {
        var port = FreePort.Next();
        string[] arguments = ["exec", typeof(TelemetryTargets).Assembly.Location, ServerCommand.Name, kind, port.ToString(CultureInfo.InvariantCulture), .. more];
        return await ReadyAsync(new Target(name, port, TestProcess.Start(Tools.DotNet, arguments)), "/alive");
    }

    private Task<Target> ApiAsync(string level, Uri sink)
    {
        var (port, probe) = (FreePort.Next(), FreePort.Next());
        var process = TestProcess.Start(Tools.DotNet, ["exec", ApiProcess.Program, "--contentRoot", Path.GetDirectoryName(ApiProcess.Program)!], start =>
        {
            var environment = start.Environment;
            GatewayTargets.ProbeApi(environment, probe);
            environment["ASPNETCORE_ENVIRONMENT"] = "Production";
            environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
            environment["ChatModels__Registry__Store"] = "memory";
            environment["Secrets__admin"] = GatewayTargets.AdminKey;
            environment["Secrets__client"] = Load.Key;
            environment["ChatModels__Security__AdminKeys__0"] = "admin";
            environment["ChatModels__Security__ClientKeys__0"] = "client";
            environment["ChatModels__Telemetry__Level"] = level;
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.AbsoluteUri;
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
            environment["OTEL_SERVICE_NAME"] = "api";
            environment[GatewayTargets.SpanDelay] = GatewayTargets.ShortDelay;
        });
        return ReadyAsync(new Target(level, port, process, probe), "/health");
    }

    private async Task RegisterAsync(Target api, Target upstream, string model)
    {
        await PutAsync(api, $"providers/{upstream.Name}", new { type = "openai", endpoint = new Uri(upstream.Address, "/v1") });
        await PutAsync(api, $"models/{model}", new { deployments = new[] { new { provider = upstream.Name, model = MockUpstream.Model } } });
    }

    private async Task PutAsync<T>(Target api, string entity, T value) => (await _http.PutAsJsonAsync(new Uri(api.Address, $"/registry/{entity}"), value)).EnsureSuccessStatusCode();

    private async Task<Target> ReadyAsync(Target target, string path)
    {
        _started.Push(target);
        await target.Process.WaitUntilAsync(async token => (await _http.GetAsync(new Uri(target.Address, path), token)).IsSuccessStatusCode, path, TimeSpan.FromSeconds(60));
        return target;
    }
}
