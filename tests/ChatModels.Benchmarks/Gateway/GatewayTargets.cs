using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ChatModels.Benchmarks.Fleet;
using ChatModels.Benchmarks.Gateway.Servers;
using ChatModels.Testing;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>The upstream, everything that stands in front of it, and the Redis and telemetry sink that the Api has as in production.</summary>
internal sealed class GatewayTargets : IAsyncDisposable
{
    public const string Model = "bench";
    public const string SlowModel = "bench-slow";
    public const string AdminKey = "bench-admin-key";

    public const string Direct = "direct";
    public const string YarpName = "YARP";
    public const string MetricsName = "Api, metrics";
    public const string TracedName = "Api, all traced";

    // Queue and batch are the product's; the last spans alone, which fill no batch, are not waited for as long.
    public const string SpanDelay = "OTEL_BSP_SCHEDULE_DELAY";
    public const string ShortDelay = "200";

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly HttpClient _http = new();
    private Uri _sink = new("http://unset.invalid");

    public required string Directory { get; init; }

    public Target Upstream { get; private set; } = null!;

    public Target Yarp { get; private set; } = null!;

    public Target? Nginx { get; private set; }

    public Target Off { get; private set; } = null!;

    public Target Metrics { get; private set; } = null!;

    public Target Traced { get; private set; } = null!;

    public IEnumerable<Target> All => [Upstream, Yarp, .. Nginx is null ? Array.Empty<Target>() : [Nginx], Off, Metrics, Traced];

    public static async Task<GatewayTargets> StartAsync()
    {
        var targets = new GatewayTargets { Directory = System.IO.Directory.CreateTempSubdirectory("gateway-bench-").FullName };
        try
        {
            await targets.StartAllAsync();
            return targets;
        }
        catch
        {
            await targets.DisposeAsync();
            throw;
        }
    }

    public async Task<long> SpansAsync() => long.Parse(await _http.GetStringAsync(new Uri(_sink, "/spans")), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
        {
            await started.DisposeAsync();
        }

        _http.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task StartAllAsync()
    {
        var redis = await RedisServer.StartAsync();
        _started.Push(redis);
        Upstream = await ServerAsync(Direct, "upstream", "/alive");
        _sink = (await ServerAsync("sink", "sink", "/alive")).Address;
        Yarp = await ServerAsync(YarpName, "yarp", "/alive", Upstream.Address.Port);
        Nginx = Tools.Find("nginx") is { } nginx ? await NginxAsync(nginx) : null;
        Off = await ApiAsync("Api, telemetry off", redis.ConnectionString, sampler: null);
        await RegisterAsync();
        Metrics = await ApiAsync(MetricsName, redis.ConnectionString, "always_off");
        Traced = await ApiAsync(TracedName, redis.ConnectionString, "always_on");
    }

    private async Task<Target> ServerAsync(string name, string kind, string ready, int? upstream = null)
    {
        var port = FreePort.Next();
        var probe = FreePort.Next();
        string[] arguments = ["exec", typeof(GatewayTargets).Assembly.Location, ServerCommand.Name, kind, Text(port), .. upstream is { } u ? [Text(u)] : Array.Empty<string>()];
        return await ReadyAsync(new Target(name, port, TestProcess.Start(Tools.DotNet, arguments, start => Probe(start.Environment, probe)), probe), ready);
    }

    private async Task<Target> NginxAsync(string program)
    {
        var port = FreePort.Next();
        var configuration = Path.Combine(Directory, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; worker_processes 2; pid {{Directory}}/nginx.pid; error_log stderr crit;
            events { worker_connections 16384; }
            http {
              access_log off; client_max_body_size 0; client_body_buffer_size 2m;
              client_body_temp_path {{Directory}}/b; proxy_temp_path {{Directory}}/p; fastcgi_temp_path {{Directory}}/f; uwsgi_temp_path {{Directory}}/u; scgi_temp_path {{Directory}}/s;
              upstream up { server 127.0.0.1:{{Upstream.Address.Port}}; keepalive 512; keepalive_requests 10000000; }
              server {
                listen 127.0.0.1:{{port}}; keepalive_requests 10000000;
                location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
              }
            }
            """);
        return await ReadyAsync(new Target("nginx", port, TestProcess.Start(program, ["-p", Directory, "-c", configuration])), "/alive");
    }

    private Task<Target> ApiAsync(string name, string redis, string? sampler)
    {
        var port = FreePort.Next();
        var probe = FreePort.Next();
        var process = TestProcess.Start(Tools.DotNet, ["exec", ApiProcess.Program, "--contentRoot", Path.GetDirectoryName(ApiProcess.Program)!], start =>
        {
            var environment = start.Environment;
            ProbeApi(environment, probe);
            environment["ASPNETCORE_ENVIRONMENT"] = "Production";
            environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
            environment["ConnectionStrings__redis"] = redis;
            environment["ChatModels__Registry__BirthDelay"] = "00:00:00.1";
            environment["Secrets__admin"] = AdminKey;
            environment["Secrets__client"] = Load.Key;
            environment["ChatModels__Security__AdminKeys__0"] = "admin";
            environment["ChatModels__Security__ClientKeys__0"] = "client";
            if (sampler is not null)
            {
                environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _sink.AbsoluteUri;
                environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
                environment["OTEL_TRACES_SAMPLER"] = sampler;
                environment["OTEL_SERVICE_NAME"] = "api";
                environment[SpanDelay] = ShortDelay;
            }
        });
        return ReadyAsync(new Target(name, port, process, probe), "/health");
    }

    private async Task RegisterAsync()
    {
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        await PutAsync("providers/upstream", new { type = "openai", endpoint = new Uri(Upstream.Address, "/v1") });
        await PutAsync($"models/{Model}", new { deployments = new[] { new { provider = "upstream", model = MockUpstream.Model } } });
        await PutAsync($"models/{SlowModel}", new { deployments = new[] { new { provider = "upstream", model = MockUpstream.SlowModel } } });
    }

    private async Task PutAsync<T>(string entity, T value) =>
        (await _http.PutAsJsonAsync(new Uri(Off.Address, $"/registry/{entity}"), value)).EnsureSuccessStatusCode();

    private async Task<Target> ReadyAsync(Target target, string path)
    {
        _started.Push(target);
        await target.Process.WaitUntilAsync(async token => await AnswersAsync(new Uri(target.Address, path), token), path, TimeSpan.FromSeconds(60));
        return target;
    }

    private async Task<bool> AnswersAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static void Probe(IDictionary<string, string?> environment, int port)
    {
        environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        environment[StartupHook.PortVariable] = Text(port);
    }

    /// <summary>
    /// Probed like the others, with what the Api's image sets (ChatModels.Api.csproj), and what it sets for itself as its first act: the probe opens a socket before that, now and then, and sockets look once.
    /// </summary>
    public static void ProbeApi(IDictionary<string, string?> environment, int port)
    {
        Probe(environment, port);
        environment["DOTNET_GCgen0size"] = "0x1000000";
        environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
