using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using ChatModels.Testing;

namespace ChatModels.System.Tests.Faults;

/// <summary>One replica of the Api: a real process of its own, on a free port.</summary>
internal sealed class ApiReplica : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(20);

    private ApiReplica(string store, string registry, IReadOnlyDictionary<string, string> settings)
    {
        Http = new HttpClient(new Obituary(this)) { BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}"), Timeout = TimeSpan.FromSeconds(10) };
        var program = Path.Combine(Built("Repository"), "ChatModels.Api", "bin", Built("Configuration"), "net10.0", "ChatModels.Api.dll");
        Process = TestProcess.Start(Tools.DotNet, ["exec", program, "--contentRoot", Path.GetDirectoryName(program)!], start =>
        {
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["ASPNETCORE_URLS"] = Http.BaseAddress.AbsoluteUri;
            start.Environment["ConnectionStrings__redis"] = store;
            start.Environment["ChatModels__Registry__Name"] = registry;
            foreach (var (key, value) in settings)
            {
                start.Environment[key] = value;
            }
        });
    }

    public TestProcess Process { get; }

    public HttpClient Http { get; }

    public static async Task<ApiReplica> StartAsync(
        string store, string registry, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? settings = null)
    {
        var replica = new ApiReplica(store, registry, settings ?? new Dictionary<string, string>());
        try
        {
            await replica.Process.WaitUntilAsync(
                async token => (await replica.Http.GetAsync("/health", token)).StatusCode is HttpStatusCode.OK, "health", StartDeadline, cancellationToken);
            return replica;
        }
        catch
        {
            await replica.DisposeAsync();
            throw;
        }
    }

    public async Task<ReplicaStanding> StandingAsync(CancellationToken cancellationToken) =>
        (await Http.GetFromJsonAsync<ReplicaStanding>("/registry", cancellationToken))!;

    /// <summary>What each model that a writer has made holds here, by its name.</summary>
    public async Task<Dictionary<string, int>> WrittenModelsAsync(CancellationToken cancellationToken)
    {
        var list = await Http.GetFromJsonAsync<JsonElement>("/registry/models", cancellationToken);
        return list.GetProperty("models").EnumerateArray()
            .Where(model => model.TryGetProperty("maxOutputTokens", out _))
            .ToDictionary(model => model.GetProperty("id").GetString()!, model => model.GetProperty("maxOutputTokens").GetInt32());
    }

    /// <summary>Asks it to end, as a deployment does; the exit code.</summary>
    public Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Process.Signal(ProcessSignal.Terminate);
        return Process.WaitForExitAsync(StopDeadline, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }

    /// <summary>Makes of "connection refused" what the process that refuses it wrote at its end.</summary>
    private sealed class Obituary(ApiReplica replica) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception) when (replica.Process.HasExited)
            {
                var last = string.Join('\n', replica.Process.Lines.TakeLast(40));
                throw new HttpRequestException($"{exception.Message}: the replica ended with exit code {replica.Process.ExitCode}. It wrote:\n{last}", exception);
            }
        }
    }

    private static string Built(string what) =>
        typeof(ApiReplica).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == what).Value!;
}

/// <summary>What a replica says of itself: <c>GET /registry</c>.</summary>
internal sealed record ReplicaStanding(string? Epoch, long? Revision, string? Stamp, string State, string? Reason)
{
    public bool IsLive => State == "live";

    public bool IsDiverged => State == "diverged";

    public (string?, long?, string?) Head => (Epoch, Revision, Stamp);
}
