using System.Globalization;
using ChatModels.AppHost.Programs;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>The Aspire dashboard, without log-in and on loopback only.</summary>
/// <param name="Url">For people.</param>
/// <param name="OtlpUrl">For telemetry over gRPC.</param>
/// <param name="Held">The right to the addresses of the launch profile, where this AppHost has it.</param>
internal sealed record DashboardProcess(string Url, string OtlpUrl, IDisposable? Held)
{
    private static readonly string ProfileLock = Path.Combine(Path.GetTempPath(), $"chatmodels-dashboard-{Environment.UserName}.lock");

    /// <summary>Chooses the addresses: those of the launch profile for the first AppHost of this machine, free ones for the others.</summary>
    /// <remarks>That a port is free now says little: a dashboard listens seconds later, or after its download. Hence the lock.</remarks>
    public static DashboardProcess Choose()
    {
        var held = FileLock.TryTake(ProfileLock);
        return held is not null && FromProfile("ASPNETCORE_URLS") is { } url && FromProfile("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL") is { } otlpUrl
            ? new DashboardProcess(url, otlpUrl, held)
            : new DashboardProcess(Localhost(Ports.Free()), Localhost(Ports.Free()), held);
    }

    /// <summary>Finds the CLI, which may take its download, and describes the process.</summary>
    public async Task<ChildProcess> FindAsync(CancellationToken cancellationToken)
    {
        var cli = await AspireCli.FindAsync(cancellationToken);
        return new ChildProcess("dashboard", cli.Program,
            ["dashboard", "run", "--frontend-url", Url, "--otlp-grpc-url", OtlpUrl, "--otlp-http-url", Localhost(Ports.Free()), "--allow-anonymous", "--non-interactive", "--nologo"])
        {
            Environment = new Dictionary<string, string?>(DeveloperEnvironment.Clean())
            {
                ["ASPNETCORE_ENVIRONMENT"] = null,
                ["DOTNET_ENVIRONMENT"] = null,
                ["NO_COLOR"] = "1",
                ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true",
                ["ASPIRE_HOME"] = cli.Home,
            },
            IsReady = token => Readiness.HttpAsync(new Uri(Url), token),
            Cure = "its output is above; --no-dashboard goes without",
            Optional = true,
        };
    }

    private static string? FromProfile(string variable)
    {
        var profile = Environment.GetEnvironmentVariable(variable)?.Split(';')[0];
        return Uri.TryCreate(profile, UriKind.Absolute, out var url) && url.IsLoopback && url.Scheme == Uri.UriSchemeHttp && Ports.IsFree(url.Port)
            ? url.GetLeftPart(UriPartial.Authority)
            : null;
    }

    private static string Localhost(int port) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
}
