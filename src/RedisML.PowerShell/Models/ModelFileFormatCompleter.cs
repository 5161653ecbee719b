using RedisML.ModelFiles;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Models;

/// <summary>Completes the formats of files that models are read from.</summary>
public sealed class ModelFileFormatCompleter() : WordCompleter([.. ModelFormats.Names]);
