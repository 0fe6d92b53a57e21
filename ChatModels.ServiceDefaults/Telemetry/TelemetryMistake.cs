namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>A setting that can't be used: which, what it should be, and what counts in its place. Never its value, which may hold a secret.</summary>
internal sealed record TelemetryMistake(string Setting, string Wanted, string Instead);
