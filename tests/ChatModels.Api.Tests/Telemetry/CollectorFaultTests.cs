using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Telemetry;

/// <summary>A real Api whose collector is dead, hangs, or is something else: requests are answered, memory is bounded, and it stops as quickly as ever.</summary>
[CollectionDefinition(nameof(CollectorFaultTests), DisableParallelization = true)]
[Collection(nameof(CollectorFaultTests))]
public sealed class CollectorFaultTests
{
    private const int Requests = 1_000;
    private static readonly byte[] Ask = """{"model":"sim-fast","messages":[{"role":"user","content":"Hello"}]}"""u8.ToArray();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Requirement", "NFR-010")]
    [InlineData("dead", "grpc", "it can't be connected to")]
    [InlineData("dead", "http/protobuf", "it can't be connected to")]
    [InlineData("hung", "grpc", "it does not answer in time")]
    [InlineData("hung", "http/protobuf", "it does not answer in time")]
    [InlineData("wrong", "http/protobuf", "it answers 404")]
    public async Task ABadCollector_CostsNothingButTheExport(string kind, string protocol, string reason)
    {
        await using var collector = new BadCollector(kind);
        await using var api = await StartAsync(collector.Url, protocol);
        using var client = new HttpClient { BaseAddress = api.Address, Timeout = TimeSpan.FromSeconds(30) };

        await LoadAsync(client);
        var before = Resident(api.Process.Id);
        await LoadAsync(client);
        var after = Resident(api.Process.Id);

        await api.Process.WaitForLineAsync($"names: {reason}", TimeSpan.FromSeconds(30), Cancelled);
        var (stopped, exitCode) = await StopAsync(api.Process);
        TestContext.Current.TestOutputHelper?.WriteLine($"{before / 1048576} MB, then {after / 1048576} MB; stopped in {stopped.TotalMilliseconds:0} ms.");

        // 2,000 requests have 6,000 spans; the queue holds 500.
        Assert.InRange(after - before, long.MinValue, 64L << 20);
        Assert.Equal(0, exitCode);
        Assert.InRange(stopped, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.Single(api.Process.Lines, line => line.Contains("Telemetry does not reach", StringComparison.Ordinal));
    }

    private static async Task LoadAsync(HttpClient client)
    {
        var statuses = new ConcurrentBag<HttpStatusCode>();
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancelled }, async (_, token) =>
        {
            using var body = new ByteArrayContent(Ask);
            body.Headers.ContentType = new("application/json");
            using var answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body, token);
            statuses.Add(answer.StatusCode);
        });

        Assert.Equal(Requests, statuses.Count(status => status is HttpStatusCode.OK));
    }

    private static async Task<(TimeSpan Took, int ExitCode)> StopAsync(TestProcess process)
    {
        var started = Stopwatch.GetTimestamp();
        process.Signal(ProcessSignal.Terminate);
        var exitCode = await process.WaitForExitAsync(TimeSpan.FromSeconds(40), Cancelled);
        return (Stopwatch.GetElapsedTime(started), exitCode);
    }

    private static long Resident(int process)
    {
        using var seen = Process.GetProcessById(process);
        return seen.WorkingSet64;
    }

    private static async Task<RunningApi> StartAsync(string collector, string protocol)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"));
        var process = TestProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "ChatModels.Api.dll"), "--contentRoot", AppContext.BaseDirectory], start =>
        {
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["ASPNETCORE_URLS"] = address.AbsoluteUri;
            start.Environment["ChatModels__Registry__Store"] = "memory";
            start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector;
            start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
            start.Environment["OTEL_EXPORTER_OTLP_TIMEOUT"] = "3000";
            start.Environment["OTEL_BSP_MAX_QUEUE_SIZE"] = "500";
            start.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "200";
            start.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
            start.Environment["DOTNET_gcServer"] = "0";
        });
        var api = new RunningApi(process, address);
        try
        {
            using var client = new HttpClient { BaseAddress = address };
            await process.WaitUntilAsync(
                async token => (await client.GetAsync(new Uri("/health", UriKind.Relative), token)).StatusCode is HttpStatusCode.OK, "health", TimeSpan.FromSeconds(60), Cancelled);
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    private sealed record RunningApi(TestProcess Process, Uri Address) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }

    /// <summary>Nothing at its port; or somebody who takes the connection and never says a word; or a web server that knows nothing of telemetry.</summary>
    private sealed class BadCollector : IAsyncDisposable
    {
        private readonly TcpListener? _listener;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving = Task.CompletedTask;

        public BadCollector(string kind)
        {
            if (kind is "dead")
            {
                Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}");
                return;
            }

            _listener = new TcpListener(IPAddress.Loopback, 0);
            _listener.Start();
            Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
            _serving = ServeAsync(_listener, kind is "wrong");
        }

        public string Url { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _serving;
            _listener?.Dispose();
            _stop.Dispose();
        }

        private async Task ServeAsync(TcpListener listener, bool answers)
        {
            List<Task> connections = [];
            try
            {
                while (true)
                {
                    connections.Add(HoldAsync(await listener.AcceptTcpClientAsync(_stop.Token), answers));
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(connections);
            }
        }

        private async Task HoldAsync(TcpClient client, bool answers)
        {
            using (client)
            {
                try
                {
                    var buffer = new byte[64 * 1024];
                    while (await client.GetStream().ReadAsync(buffer, _stop.Token) > 0)
                    {
                        if (answers)
                        {
                            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
                            return;
                        }
                    }
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException)
                {
                    // The caller gave up, or the test is over.
                }
            }
        }
    }
}
