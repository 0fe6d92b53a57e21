using System.Net;
using System.Reflection;
using ChatModels.Testing;

namespace ChatModels.System.Tests.Faults;

/// <summary>One worker: a real process of its own, on a free port.</summary>
internal sealed class WorkerReplica : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}"), Timeout = TimeSpan.FromSeconds(10) };

    private WorkerReplica(IReadOnlyDictionary<string, string> settings)
    {
        var program = Path.Combine(Built("Repository"), "ChatModels.Worker", "bin", Built("Configuration"), "net10.0", "ChatModels.Worker.dll");
        Process = TestProcess.Start(Tools.DotNet, ["exec", program, "--contentRoot", Path.GetDirectoryName(program)!], start =>
        {
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["ASPNETCORE_URLS"] = _http.BaseAddress!.AbsoluteUri;
            foreach (var (key, value) in settings)
            {
                start.Environment[key] = value;
            }
        });
    }

    public TestProcess Process { get; }

    public static async Task<WorkerReplica> StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var worker = new WorkerReplica(settings);
        try
        {
            await worker.Process.WaitUntilAsync(
                async token => (await worker._http.GetAsync("/health", token)).StatusCode is HttpStatusCode.OK, "health", StartDeadline, cancellationToken);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Process.DisposeAsync();
    }

    private static string Built(string what) =>
        typeof(WorkerReplica).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == what).Value!;
}
