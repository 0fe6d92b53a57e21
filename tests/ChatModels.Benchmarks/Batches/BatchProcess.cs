using System.Globalization;
using System.Net;
using System.Reflection;
using ChatModels.Testing;

namespace ChatModels.Benchmarks.Batches;

/// <summary>One worker, or the Api: a real process of its own, on a free port.</summary>
internal sealed class BatchProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly TestProcess _process;

    private BatchProcess(string project, IReadOnlyDictionary<string, string> settings)
    {
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}"), Timeout = TimeSpan.FromMinutes(2) };
        var program = Path.Combine(Built("Repository"), project, "bin", Built("Configuration"), "net10.0", $"{project}.dll");
        _process = TestProcess.Start(Tools.DotNet, ["exec", program, "--contentRoot", Path.GetDirectoryName(program)!], start =>
        {
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["ASPNETCORE_URLS"] = Http.BaseAddress.AbsoluteUri;
            foreach (var (key, value) in settings)
            {
                start.Environment[key] = value;
            }
        });
    }

    public HttpClient Http { get; }

    /// <summary>The most memory that it ever had, in MB.</summary>
    public double PeakMegabytes => File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..]
        ? double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024
        : 0;

    public static async Task<BatchProcess> StartAsync(string project, IReadOnlyDictionary<string, string> settings)
    {
        var process = new BatchProcess(project, settings);
        await process._process.WaitUntilAsync(async token => (await process.Http.GetAsync("/health", token)).StatusCode is HttpStatusCode.OK, "health", StartDeadline);
        return process;
    }

    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }

    private static string Built(string what) =>
        typeof(BatchProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == what).Value!;
}
