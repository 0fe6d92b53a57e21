using System.Globalization;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>The Aspire dashboard, without log-in and on loopback only, at the addresses of the launch profile where they are free.</summary>
internal sealed record DashboardProcess(string Url, string OtlpUrl, string OtlpHttpUrl)
{
    public static DashboardProcess WithFreePorts() =>
        new(UrlFrom("ASPNETCORE_URLS"), UrlFrom("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"), Localhost(Ports.Free()));

    /// <summary>Finds the CLI, which may take its download, and describes the process.</summary>
    public async Task<ChildProcess> FindAsync(CancellationToken cancellationToken)
    {
        var cli = await AspireCli.FindAsync(cancellationToken);
        return new ChildProcess("dashboard", cli.Program,
            ["dashboard", "run", "--frontend-url", Url, "--otlp-grpc-url", OtlpUrl, "--otlp-http-url", OtlpHttpUrl, "--allow-anonymous", "--non-interactive", "--nologo"])
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

    private static string UrlFrom(string variable)
    {
        var profile = Environment.GetEnvironmentVariable(variable)?.Split(';')[0];
        return Uri.TryCreate(profile, UriKind.Absolute, out var url) && url.IsLoopback && url.Scheme == Uri.UriSchemeHttp && Ports.IsFree(url.Port)
            ? url.GetLeftPart(UriPartial.Authority)
            : Localhost(Ports.Free());
    }

    private static string Localhost(int port) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
}
