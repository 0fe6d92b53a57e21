using System.Text.Json;
using System.Text.Json.Serialization;
using ChatModels.Batches.Files;

namespace ChatModels.Batches;

/// <summary>The JSON of batches and files in the store. Fields that this version does not know are read past: fleets are mixed during upgrades.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchRecord))]
[JsonSerializable(typeof(StartedStep))]
[JsonSerializable(typeof(ClosingStep))]
[JsonSerializable(typeof(EndedStep))]
[JsonSerializable(typeof(FileRecord))]
internal sealed partial class BatchJson : JsonSerializerContext;
