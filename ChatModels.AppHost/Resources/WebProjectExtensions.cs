using System.Globalization;
using ChatModels.AppHost.Programs;
using Microsoft.Extensions.Configuration;

namespace ChatModels.AppHost.Resources;

internal static class WebProjectExtensions
{
    // In milliseconds. Aspire has exporters try again, and stops the dashboard first: each of three signals would wait ten seconds for it at the end.
    private const string LastExport = "1000";

    /// <summary>One HTTP endpoint, stated here: a project's launch profile is for starting it alone.</summary>
    public static IResourceBuilder<ProjectResource> WithWebEndpoint(this IResourceBuilder<ProjectResource> project, int? port = null)
    {
        project.WithHttpEndpoint(port: port);
        var application = project.ApplicationBuilder;
        if (!application.ExecutionContext.IsRunMode)
        {
            return project;
        }

        if (port is { } needed && !application.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts"))
        {
            application.OnBeforeStart((_, _) => CheckPort(project.Resource.Name, needed));
        }

        return project
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", application.Environment.EnvironmentName)
            .WithEnvironment("OTEL_EXPORTER_OTLP_TIMEOUT", LastExport);
    }

    /// <summary>A published Api refuses to start without an admin key; it gets one that is generated when it is deployed. In run mode loopback needs none.</summary>
    public static IResourceBuilder<ProjectResource> WithAdminKey(this IResourceBuilder<ProjectResource> project)
    {
        var application = project.ApplicationBuilder;
        if (application.ExecutionContext.IsRunMode)
        {
            return project;
        }

        var adminKey = application.AddParameter("admin-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);
        return project
            .WithEnvironment("Secrets__admin", adminKey)
            .WithEnvironment("ChatModels__Security__AdminKeys__0", "admin");
    }

    /// <summary>Where the files of batches are; in Redis without a directory.</summary>
    public static IResourceBuilder<ProjectResource> WithFiles(this IResourceBuilder<ProjectResource> project, string? directory) =>
        directory is null ? project : project.WithEnvironment("ChatModels__Files__Directory", directory);

    // Aspire's proxy listens on it; that it cannot is only written into DCP's own log, and everything waits.
    private static Task CheckPort(string name, int port) => Ports.IsFree(port)
        ? Task.CompletedTask
        : throw new DistributedApplicationException(string.Create(CultureInfo.InvariantCulture, $"Port {port}, which {name} needs, is in use: {Ports.Cure}."));
}
