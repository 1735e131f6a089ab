@echo off
rem Starts Orthant on Windows: HOME\bin\orthant.cmd, with the libraries in HOME\lib.
rem
rem JAVA_HOME      the Java (17 or newer) to use; otherwise the one on the PATH
rem ORTHANT_OPTS   further options for the Java virtual machine, e.g. "-Xmx8g"; they win over ours
setlocal EnableExtensions DisableDelayedExpansion

for %%h in ("%~dp0..") do set "home=%%~fh"

set "java="
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if not defined java for %%j in (java.exe) do set "java=%%~$PATH:j"
if not defined java (
  echo error: java not found: install Java 17 or newer, or set JAVA_HOME>&2
  exit /b 1
)
if not exist "%java%" (
  echo error: JAVA_HOME is "%JAVA_HOME%", which has no bin\java.exe>&2
  exit /b 1
)

set "main="
for /f "delims=" %%j in ('dir /b "%home%\lib\orthant-cli-*.jar" 2^>nul') do set "main=%home%\lib\%%j"
if not defined main (
  echo error: no orthant-cli jar in "%home%\lib">&2
  exit /b 1
)

rem The tokenizer library counts its users and looks for CUDA unless told otherwise.
if not defined OPT_OUT_TRACKING set "OPT_OUT_TRACKING=true"
if not defined RUST_FLAVOR set "RUST_FLAVOR=cpu"
rem Progress is written as lines.
set "ORTHANT_COLUMNS="

rem Vectors and the archive of classes are as in the script for Unix. What was found out about a
rem Java is kept beside its archive: the Java, then its options.
set "archive=%home%\lib\classes.jsa"
set "known=%home%\lib\java.cmd.options"
set "vectors="
if exist "%known%" for /f "usebackq tokens=1* delims=|" %%a in ("%known%") do (
  set "vectors=%%b"
  if "%%~a"=="%java%" goto run
)

set "vectors="
"%java%" --list-modules 2>nul | findstr /r "^java\.base@1[789] ^java\.base@[2-9][0-9]" >nul
if errorlevel 1 (
  echo error: "%java%" is too old or does not run: Java 17 or newer is needed>&2
  exit /b 1
)
"%java%" --list-modules 2>nul | findstr /r "^jdk\.incubator\.vector@" >nul
if not errorlevel 1 set "vectors=--add-modules jdk.incubator.vector"
set "made=%archive%.%RANDOM%"
"%java%" %vectors% -XX:+UseSerialGC -XX:ArchiveClassesAtExit="%made%" -jar "%main%" plugins list --json >nul 2>nul
if exist "%made%" move /y "%made%" "%archive%" >nul 2>nul
call :remember 2>nul

:run
set "shared="
if exist "%archive%" set shared="-XX:SharedArchiveFile=%archive%"
rem Serial: the arrays lie outside the heap, and of all collectors it starts fastest.
rem Log: the virtual machine's own warnings belong neither to the output nor to the user.
"%java%" %shared% %vectors% -Xms64m -Xmx2g -XX:+UseSerialGC -Xlog:disable -Xlog:all=error:stderr %ORTHANT_OPTS% -jar "%main%" %*
exit /b %ERRORLEVEL%

:remember
echo "%java%"^|%vectors%>"%known%"
exit /b 0
