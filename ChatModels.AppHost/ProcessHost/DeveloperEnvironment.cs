namespace ChatModels.AppHost.ProcessHost;

/// <summary>The environment that Aspire gives a project in run mode.</summary>
internal static class DeveloperEnvironment
{
    // Of the AppHost's own launch profile: inherited they would be wrong.
    private static readonly string[] NotInherited =
    [
        "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_LAUNCH_PROFILE",
        "ASPIRE_ALLOW_UNSECURED_TRANSPORT", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
    ];

    public static Dictionary<string, string?> Clean() => NotInherited.ToDictionary(name => name, _ => (string?)null);

    public static Dictionary<string, string?> For(string serviceName, string? otlpUrl)
    {
        var environment = Clean();
        environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        environment["DOTNET_ENVIRONMENT"] = "Development";
        environment["OTEL_SERVICE_NAME"] = serviceName;
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Guid.NewGuid().ToString("N")[..8]}";
        if (otlpUrl is not null)
        {
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = otlpUrl;
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            // In milliseconds. Ctrl+C ends the dashboard at the same time: each of three signals would be tried for ten seconds more, and the process killed over it.
            environment["OTEL_EXPORTER_OTLP_TIMEOUT"] = "1000";
            environment["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            environment["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            environment["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            environment["OTEL_TRACES_SAMPLER"] = "always_on";
            environment["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            // As with Aspire, prompts and completions are shown in the dashboard of a developer's machine.
            environment["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
        }

        return environment;
    }
}
