using System.ClientModel;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using ChatModels.Testing;
using OpenAI;
using OpenAI.Chat;

namespace ChatModels.System.Tests;

/// <summary>The whole system, started with the README's command: <c>dotnet run --project ChatModels.AppHost</c>, on free ports and with data of its own.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);

    private readonly string _data = Directory.CreateTempSubdirectory("chatmodels-system-").FullName;
    private readonly TestProcess _process;

    private AppHostProcess(IEnumerable<string> options)
    {
        string[] run = ["run", "--no-build", "--configuration", Built("Configuration"), "--project", "ChatModels.AppHost", $"--property:UseAspire={Built("UseAspire")}", "--"];
        Started = Stopwatch.GetTimestamp();
        _process = TestProcess.Start(Tools.DotNet, [.. run, "--port", "0", "--data", _data, .. options], start => start.WorkingDirectory = Built("Repository"));
    }

    /// <summary>When the command was given.</summary>
    public long Started { get; }

    public TestProcess Process => _process;

    public Uri Api { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    public static async Task<AppHostProcess> StartAsync(CancellationToken cancellationToken, params string[] options)
    {
        var host = new AppHostProcess(options);
        try
        {
            host.Api = await host.UrlAsync("Api", cancellationToken);
            host.Http.BaseAddress = host.Api;
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The URL that the console names, as in <c>  Api        http://localhost:5180</c>.</summary>
    public async Task<Uri> UrlAsync(string what, CancellationToken cancellationToken)
    {
        var line = await _process.WaitForLineAsync(l => Words(l) is [var name, var url] && name == what && url.StartsWith("http", StringComparison.Ordinal), $"the URL of {what}", StartDeadline, cancellationToken);
        return new Uri(Words(line)[1]);
    }

    public ChatClient Chat(string model) =>
        new(model, new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(Api, "/v1") });

    /// <summary>A write that says that it was not applied is tried again, as it asks for: all that starts on a busy machine may be slower than a write's deadline.</summary>
    public async Task PutAsync(string path, object body, CancellationToken cancellationToken)
    {
        const int Attempts = 20;
        for (var attempt = 1; ; attempt++)
        {
            using var response = await Http.PutAsJsonAsync(path, body, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == Attempts)
            {
                throw new HttpRequestException($"PUT {path} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Built(string what) =>
        typeof(AppHostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == what).Value!;
}
