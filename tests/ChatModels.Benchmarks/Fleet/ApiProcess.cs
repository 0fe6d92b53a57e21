using System.Net;
using System.Reflection;
using ChatModels.Testing;

namespace ChatModels.Benchmarks.Fleet;

/// <summary>One replica of the Api: a real process of its own, on a free port.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly TestProcess _process;

    private ApiProcess(string store)
    {
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}"), Timeout = TimeSpan.FromSeconds(10) };
        _process = TestProcess.Start(Tools.DotNet, ["exec", Program, "--contentRoot", Path.GetDirectoryName(Program)!], start =>
        {
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["ASPNETCORE_URLS"] = Http.BaseAddress.AbsoluteUri;
            start.Environment["ConnectionStrings__redis"] = store;
        });
    }

    /// <summary>The Api as built beside these benchmarks.</summary>
    public static string Program { get; } = Path.Combine(Built("Repository"), "ChatModels.Api", "bin", Built("Configuration"), "net10.0", "ChatModels.Api.dll");

    public HttpClient Http { get; }

    public static async Task<ApiProcess> StartAsync(string store)
    {
        var api = new ApiProcess(store);
        try
        {
            await api._process.WaitUntilAsync(async token => (await api.Http.GetAsync("/health", token)).StatusCode is HttpStatusCode.OK, "health", StartDeadline);
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }

    private static string Built(string what) =>
        typeof(ApiProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == what).Value!;
}
